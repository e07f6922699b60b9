/** A player as the run sees it: a name, and a child that answers; what it answers is turned into outcomes. */
import type { LimitName } from '../cases/case.ts';
import type { Spec } from '../cases/spec.ts';
import type { Timed } from '../measure/rounds.ts';
import type { PlayerRecord } from '../results.ts';
import { Child, PlayerGone, type Start } from './child.ts';
import type { Answer, Counts, DeviceCounts, DeviceKind, Question } from './protocol.ts';

/** Why a player sits out a case. */
export interface Refusal {
  readonly status: 'unsupported' | 'failed';
  readonly reason: string;
}

export type Preparation = { readonly values: readonly number[]; readonly note?: string };

export const isRefusal = (outcome: object): outcome is Refusal => 'status' in outcome;

/** Thrown when a player that was measuring can't go on. */
export class Withdrawal extends Error {
  override readonly name = 'Withdrawal';
}

export class Player {
  readonly name: string;
  readonly role: PlayerRecord['role'];
  readonly threads: number;
  readonly about: string;
  readonly isHandicapped: boolean;
  /** null where the processor itself computes. */
  readonly device: DeviceKind | null;
  readonly #child: Child;

  constructor(record: Omit<PlayerRecord, 'isAbsent'>, child: Child) {
    this.name = record.name;
    this.role = record.role;
    this.threads = record.threads;
    this.about = record.about;
    this.isHandicapped = record.handicap !== undefined;
    this.device = record.device ?? null;
    this.#child = child;
  }

  /** Starts the process; the record says so if it isn't there to play. */
  static async open(
    name: string,
    role: PlayerRecord['role'],
    threads: number,
    start: Start,
  ): Promise<{ readonly player: Player | null; readonly record: PlayerRecord }> {
    const child = new Child(start);
    try {
      const greeting = await child.greeting();
      if ('ready' in greeting) {
        const { ready: about, handicap, device } = greeting;
        const record = {
          ...{ name, role, threads, about, isAbsent: false },
          ...(handicap !== undefined && { handicap }),
          ...(device !== undefined && { device }),
        };
        return { player: new Player(record, child), record };
      }
      await child.close();
      return { player: null, record: { name, role, threads, about: greeting.absent, isAbsent: true } };
    } catch (error) {
      await child.close();
      if (!(error instanceof PlayerGone)) throw error;
      return { player: null, record: { name, role, threads, about: error.message, isAbsent: true } };
    }
  }

  prepare(spec: Spec): Promise<Preparation | Refusal> {
    return this.#ask({ do: 'prepare', spec }, (answer) => ('values' in answer ? answer : null));
  }

  /** null: right; a sentence: wrong. */
  async check(spec: Spec): Promise<string | null> {
    const answer = await this.#ask({ do: 'check', spec }, (found) => ('wrong' in found ? found : null));
    return isRefusal(answer) ? answer.reason : answer.wrong;
  }

  async sample(calls: number): Promise<number> {
    return (await this.#sample({ do: 'sample', calls })).ms;
  }

  /** The player as it is timed with a limit between its calls, in its own process: what the machine can do just then and there. */
  besideLimit(limit: LimitName): Timed {
    let last: number | null = null;
    return {
      name: this.name,
      sample: async (calls) => {
        const { ms, beside } = await this.#sample({ do: 'sample', calls, beside: limit });
        last = beside ?? null;
        return ms;
      },
      beside: () => last,
    };
  }

  async #sample(question: Question): Promise<{ readonly ms: number; readonly beside?: number }> {
    const answer = await this.#ask(question, (found) => ('ms' in found ? found : null));
    if (isRefusal(answer)) throw new Withdrawal(`${this.name}: ${answer.reason}`);
    return answer;
  }

  async count(): Promise<Counts | Refusal> {
    const answer = await this.#ask({ do: 'count' }, (found) => ('counts' in found ? found : null));
    return isRefusal(answer) ? answer : answer.counts;
  }

  async countDevice(): Promise<DeviceCounts | Refusal> {
    const answer = await this.#ask({ do: 'countDevice' }, (found) => ('deviceCounts' in found ? found : null));
    return isRefusal(answer) ? answer : answer.deviceCounts;
  }

  async release(): Promise<void> {
    await this.#ask({ do: 'release' }, (answer) => ('released' in answer ? answer : null));
  }

  close(): Promise<void> {
    return this.#child.close();
  }

  async #ask<T extends object>(question: Question, pick: (answer: Answer) => T | null): Promise<T | Refusal> {
    try {
      const answer = await this.#child.ask(question);
      if ('unsupported' in answer) return { status: 'unsupported', reason: answer.unsupported };
      if ('failed' in answer) return { status: 'failed', reason: answer.failed };
      const picked = pick(answer);
      if (picked === null) throw new Error(`${this.name} answered ${JSON.stringify(answer)} to ${question.do}`);
      return picked;
    } catch (error) {
      if (error instanceof PlayerGone) return { status: 'failed', reason: error.message };
      throw error;
    }
  }
}
