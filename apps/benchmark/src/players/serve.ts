/** The side of a player: reads questions from standard input and answers them, one after the other, until the input ends. */
import { createInterface } from 'node:readline';
import type { LimitName } from '../cases/case.ts';
import { openLimit, type TimedLimit } from '../limits/limits.ts';
import { vectorsHere } from '../machine.ts';
import type { Prepared } from './performer.ts';
import { prepare, type Repertoire, Unsupported } from './performer.ts';
import type { Answer, Counts, DeviceCounts, DeviceKind, Greeting, Question } from './protocol.ts';

export interface Company {
  /** Name and version, shown in the report. */
  readonly ready: string;
  readonly repertoire: Repertoire;
  /** What is wrong with a spec's computation, or null. */
  readonly check?: (spec: Extract<Question, { do: 'check' }>['spec']) => Promise<string | null>;
  readonly count?: (prepared: Prepared) => Promise<Counts>;
  /** What computes beside the program. */
  readonly device?: { readonly kind: DeviceKind; readonly count: (prepared: Prepared) => Promise<DeviceCounts> };
}

/** How long a library may compute without a turn of the event loop, in ms. */
const turn = 5;
/** A device must be waited for then, with nothing to do until it is asked again; that shouldn't be much of the time. */
const turnOfDevice = 20;

/** Calls of a limit after each turn: about a millisecond. */
const callsOfLimit = 10;

interface Times {
  readonly ms: number;
  readonly beside?: number;
}

/** Times so many calls, all work done, and a limit between the turns. */
async function time(
  prepared: Prepared,
  calls: number,
  estimate: number,
  turn: number,
  limit: TimedLimit | null,
): Promise<Times> {
  const perTurn = Math.max(1, Math.min(calls, Math.floor(turn / Math.max(estimate, 1e-6))));
  let [ms, beside, turns] = [0, 0, 0];
  await prepared.settle();
  for (let left = calls; left > 0; left -= perTurn) {
    const start = performance.now();
    await prepared.repeat(Math.min(left, perTurn));
    await prepared.settle();
    ms += performance.now() - start;
    if (limit === null) continue;
    beside += await limit.sample(callsOfLimit);
    turns++;
  }
  return turns === 0 ? { ms } : { ms, beside: beside / (turns * callsOfLimit) };
}

const sentence = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replace(/\s*\n\s*/g, ' ').slice(0, 300);

class Stage {
  readonly #company: Company;
  #prepared: Prepared | null = null;
  /** Milliseconds of one call, as last seen. */
  #estimate = Number.POSITIVE_INFINITY;

  #opened: TimedLimit | null = null;

  constructor(company: Company) {
    this.#company = company;
  }

  async answer(question: Question): Promise<Answer> {
    const { repertoire, check, count, device } = this.#company;
    switch (question.do) {
      case 'prepare': {
        this.#release();
        const prepared = await prepare(repertoire, question.spec);
        this.#prepared = prepared;
        this.#estimate = Number.POSITIVE_INFINITY;
        const { values, note } = prepared;
        return note === undefined ? { values } : { values, note };
      }
      case 'sample': {
        const own = device === undefined ? turn : turnOfDevice;
        const limit = question.beside === undefined ? null : this.#limit(question.beside);
        const times = await time(this.#current(), question.calls, this.#estimate, own, limit);
        this.#estimate = times.ms / question.calls;
        return times;
      }
      case 'check':
        if (check === undefined) throw new Error('this player has nothing to check by');
        return { wrong: await check(question.spec) };
      case 'count':
        if (count === undefined) throw new Error('this player does not count');
        return { counts: await count(this.#current()) };
      case 'countDevice':
        if (device === undefined) throw new Error('this player has no device');
        return { deviceCounts: await device.count(this.#current()) };
      case 'release':
        this.#release();
        return { released: true };
    }
  }

  #limit(name: LimitName): TimedLimit | null {
    if (this.#opened?.limit !== name) this.#opened = openLimit(name, vectorsHere());
    return this.#opened;
  }

  #current(): Prepared {
    if (this.#prepared === null) throw new Error('asked before a case was prepared');
    return this.#prepared;
  }

  #release(): void {
    this.#prepared?.release();
    this.#prepared = null;
  }
}

const send = (line: Greeting | Answer): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Opens a library and serves it; a library that is not there is a greeting too. */
export async function serve(open: () => Promise<Company | string>): Promise<void> {
  // Ctrl-C reaches every process of the terminal; who asks decides when the questions end.
  process.on('SIGINT', () => {});
  const company = await open();
  if (typeof company === 'string') {
    send({ absent: company });
    return;
  }
  const { ready, device } = company;
  send(device === undefined ? { ready } : { ready, device: device.kind });
  const stage = new Stage(company);
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      send(await stage.answer(JSON.parse(line) as Question));
    } catch (error) {
      send(error instanceof Unsupported ? { unsupported: error.message } : { failed: sentence(error) });
    }
  }
}
