/** What a run found out, as it is written to JSON, shown and compared. Samples are kept whole: every figure that is shown follows from them. */
import type { Group, LimitName } from './cases/case.ts';
import type { Counts, DeviceCounts, DeviceKind } from './players/protocol.ts';

/** Of the file's layout; a change of meaning takes another number. */
export const format = 'nn-bench 1';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly node: string;
  readonly v8: string;
  /** Bits of the vectors that WebAssembly computed with; of runs before there was a choice it isn't known. */
  readonly vectors?: 128 | 256 | undefined;
  readonly system: string;
  /** Processes that wanted to compute in the minute before the run; 0 where nobody tells. */
  readonly load: number;
}

/** Who took part. */
export interface PlayerRecord {
  /** `wasm`, `wasm ×2`, `webgpu`, `reference`, `torch`, `torch ×2`, `tfjs`, `jax`. */
  readonly name: string;
  readonly role: 'ours' | 'peer';
  readonly threads: number;
  /** Its own words: version, threads, kernels; or why it is absent. */
  readonly about: string;
  readonly isAbsent: boolean;
  /** Why it is slower than it could be; goals against it are then not judged. */
  readonly handicap?: string;
  /** What computes beside the program: the processor's limits and pace are then not its own. */
  readonly device?: DeviceKind;
}

/** A player's part in a case. `samples` are milliseconds of one call, a round each. */
export type Outcome =
  | {
      readonly status: 'measured';
      readonly samples: readonly number[];
      /** Milliseconds of one call of the case's limit, timed between the player's own calls. */
      readonly limit?: readonly number[];
      readonly note?: string;
      /** What a call asks of the player's device. */
      readonly device?: DeviceCounts;
    }
  /** It computes something else than the others; for ours that fails the run. */
  | { readonly status: 'wrong'; readonly reason: string }
  | { readonly status: 'unsupported' | 'skipped' | 'failed'; readonly reason: string };

export interface GoalRecord {
  /** Whose goal it is, and against whom. */
  readonly player: string;
  readonly against: string;
  readonly kind: 'at most' | 'at least';
  /** A ratio of times, or a share of a limit. */
  readonly wanted: number;
  /** null where one of the two was not measured. */
  readonly reached: number | null;
  readonly noise: number | null;
}

export interface CaseRecord {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly flops?: number;
  readonly bytes?: number;
  readonly per?: { readonly count: number; readonly name: string };
  readonly limit?: LimitName;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Milliseconds of one call of each limit that was timed in the same rounds. */
  readonly limits: Readonly<Record<string, readonly number[]>>;
  readonly goals: readonly GoalRecord[];
}

/** What the machine's core can do. `samples` are milliseconds of `work` operations or bytes. */
export interface LimitRecord {
  readonly name: LimitName;
  readonly title: string;
  readonly unit: 'GFLOP/s' | 'GB/s';
  readonly work: number;
  readonly samples: readonly number[];
}

/** The library's own work, on the backend that computes nothing. */
export interface OverheadRecord {
  readonly id: string;
  readonly title: string;
  readonly counts: Counts;
  /** Milliseconds of one call. */
  readonly samples: readonly number[];
}

/** Bytes of a program that trains the small network. */
export interface BundleRecord {
  readonly name: string;
  readonly bytes: number | null;
  readonly gzip: number | null;
  /** What must be loaded besides the program, in the compressed bytes too. */
  readonly note: string;
  readonly goal?: number;
}

export interface Results {
  readonly format: typeof format;
  readonly version: string;
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Whether it was stopped before its end. */
  readonly isInterrupted: boolean;
  readonly players: readonly PlayerRecord[];
  readonly limits: readonly LimitRecord[];
  readonly cases: readonly CaseRecord[];
  readonly overhead: readonly OverheadRecord[];
  readonly bundles: readonly BundleRecord[];
}
