/**
 * What a player and the program that asks it say to each other: a line of JSON each way, over the child's standard input and output. A player is a process of
 * its own, so that no library's heap, compiled code or threads are another's; it works only while it is asked.
 */
import type { LimitName } from '../cases/case.ts';
import type { Spec } from '../cases/spec.ts';

export type Question =
  /** Make inputs and model, compute once. */
  | { readonly do: 'prepare'; readonly spec: Spec }
  /** Call so many times; time a limit of the processor now and then between the calls. */
  | { readonly do: 'sample'; readonly calls: number; readonly beside?: LimitName }
  /** Whether the computation is right, by the player's own means (only ours answers). */
  | { readonly do: 'check'; readonly spec: Spec }
  /** What one call launches and holds (only ours on the null backend answers). */
  | { readonly do: 'count' }
  /** What one call asks of the device (only ours on a backend that has one answers). */
  | { readonly do: 'countDevice' }
  /** Forget the case. */
  | { readonly do: 'release' };

/** What computes beside the program: a GPU, or the processor behind the interface of one. */
export type DeviceKind = 'gpu' | 'software';

/** First line of a player: its name and version, why it is slower than it could be, its device if it has one; or why it can't play. */
export type Greeting =
  | { readonly ready: string; readonly handicap?: string; readonly device?: DeviceKind }
  | { readonly absent: string };

/** What a device is asked to do, a call. */
export interface DeviceCounts {
  readonly launches: number;
  readonly submits: number;
  /** Programs compiled and buffers made anew, after the first calls. */
  readonly pipelines: number;
  readonly buffers: number;
}

/** What the null backend counted. */
export interface Counts {
  /** Launches of one call, by kind and in all. */
  readonly launches: Readonly<Record<string, number>>;
  readonly total: number;
  /** Programs compiled by a call after the first ones. */
  readonly programs: number;
  /** Bytes that live between two calls, and that a call takes anew from the backend. */
  readonly live: number;
  readonly allocated: number;
}

/** Answers; which one depends on the question. */
export type Answer =
  | {
      /** Numbers that must be everybody's. */
      readonly values: readonly number[];
      /** Where the player had to do something else than asked. */
      readonly note?: string;
    }
  /** Milliseconds of all calls, and of one of the limit. */
  | { readonly ms: number; readonly beside?: number }
  /** null: right. Else what is wrong. */
  | { readonly wrong: string | null }
  | { readonly counts: Counts }
  | { readonly deviceCounts: DeviceCounts }
  | { readonly released: true }
  /** The library can't do this; a fact, no error. */
  | { readonly unsupported: string }
  | { readonly failed: string };
