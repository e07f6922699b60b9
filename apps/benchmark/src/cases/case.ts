/** A case: a spec with its name, its amount of work and its goals. Pure data; how it is computed is each player's matter. */
import type { Spec } from './spec.ts';

export const groups = ['ladder', 'eager', 'matmul', 'elementwise', 'training'] as const;
export type Group = (typeof groups)[number];

/** What the machine can do at best, measured beside the cases (src/limits). */
export const limitNames = ['fma', 'mul-add', 'copy', 'read', 'fill'] as const;
export type LimitName = (typeof limitNames)[number];

export const peerNames = ['torch', 'tfjs', 'jax'] as const;
export type PeerName = (typeof peerNames)[number];

/**
 * What we want of the wasm backend, as a ratio within one run: at most so many times a peer's time, or at least this share of a limit.
 */
export interface Goal {
  /** Threads that ours has; 1. */
  readonly threads?: number;
  readonly against: { readonly peer: PeerName; readonly threads?: number } | { readonly limit: LimitName };
  readonly ratio: number;
}

export interface Case {
  /** Short and lasting: `--filter`, `--compare` and JSON files go by it. */
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly spec: Spec;
  /** Floating-point operations (a multiplication and an addition are two) and bytes that must move at least, of one call. */
  readonly flops?: number;
  readonly bytes?: number;
  /** Operations on tensors of one call, where they are very many. */
  readonly operations?: number;
  /** If one call does something several times, how often and what: times are told for one. */
  readonly per?: { readonly count: number; readonly name: string };
  /** The limit that it is compared with. */
  readonly limit?: LimitName;
  readonly goals: readonly Goal[];
  /** Left out by `--quick`. */
  readonly isLong?: boolean;
  /** So large that only GPUs are asked. */
  readonly isForGpus?: boolean;
}

/** At most `ratio` times the time of a peer on one thread. */
export const atMost = (ratio: number, peer: PeerName = 'torch'): Goal => ({ against: { peer }, ratio });

/** The same on two threads, against a peer on as many as given. */
export const onTwoThreads = (ratio: number, peer: PeerName, threads: number): Goal => ({
  threads: 2,
  against: { peer, threads },
  ratio,
});

/** At least this share of a limit. */
export const share = (ratio: number, limit: LimitName): Goal => ({ against: { limit }, ratio });
