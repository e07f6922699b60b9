/**
 * How threads agree on work, in shared memory. The ticket word holds the number of a launch (upper half) and how many of its chunks nobody has taken yet (lower half). Whoever
 * takes one by compare-and-swap has changed the very word that named the launch, so what it then reads of the launch is that launch's: it can't be over before
 * the chunk is reported done. A thread that sleeps through a launch is never waited for.
 */
import {
  atomicAdd,
  atomicCompareExchange,
  atomicLoad,
  atomicSub,
  atomicWait,
  block,
  branch,
  branchIf,
  type Code,
  drop,
  giveBack,
  I32,
  i32,
  loop,
  WasmModule,
  when,
} from '../assembler/index.ts';

/** Words of the control block, which lies at the start of memory. */
export const control = {
  /** Launch number << 16 | chunks left. */
  ticket: 0,
  /** Chunks done. */
  done: 1,
  /** Threads asleep. */
  parked: 2,
  /** Not zero: threads end. */
  stop: 3,
  /** Not zero: a thread threw. */
  failed: 4,
  /** Of the launch: which code, where its bytes lie and how many; units in all and in a chunk; parameter block; scratch and its bytes a thread. */
  entry: 5,
  bytes: 6,
  byteCount: 7,
  units: 8,
  chunkUnits: 9,
  block: 10,
  scratch: 11,
  scratchBytes: 12,
} as const;

/** Waits so many nanoseconds at most before it looks again. */
const patience = 1e9;

/**
 * The functions of waiting, as one module over the shared memory: `take(spins)` gives a chunk's number, after spinning and then sleeping until there is one, or -1 when
 * threads should end; `tryTake()` gives one or -1 at once; `report()` counts a chunk as done; `join(total, spins)` spins until so many are done or it has looked so often, and says whether they are.
 */
export function controlModule(): Uint8Array<ArrayBuffer> {
  const module = new WasmModule({ relaxed: false, shared: true });
  const at = (name: keyof typeof control): number => 4 * control[name];
  const tryTake = module.function('tryTake', [], [I32], (f) => {
    const ticket = f.local(I32);
    return [
      block(
        loop(
          ticket.set(atomicLoad(0, at('ticket'))),
          branchIf(i32.eqz(i32.and(ticket, 0xffff)), 1),
          when(i32.eq(atomicCompareExchange(0, ticket, i32.sub(ticket, 1), at('ticket')), ticket), [
            i32.sub(i32.and(ticket, 0xffff), 1),
            giveBack,
          ]),
          branch(0),
        ),
      ),
      i32.const(-1),
    ];
  });
  module.function('take', [I32], [I32], (f, spins) => {
    const [chunk, left, ticket] = f.locals(I32, 3);
    const asleep: Code = atomicWait(0, ticket!, patience, at('ticket'));
    return [
      left!.set(spins!),
      loop(
        when(atomicLoad(0, at('stop')), [i32.const(-1), giveBack]),
        when(i32.geS(chunk!.tee([tryTake]), 0), [chunk!, giveBack]),
        branchIf(i32.gtS(left!.tee(i32.sub(left!, 1)), 0), 0),
        drop(atomicAdd(0, 1, at('parked'))),
        ticket!.set(atomicLoad(0, at('ticket'))),
        when(i32.eqz(i32.and(ticket!, 0xffff)), drop(asleep)),
        drop(atomicSub(0, 1, at('parked'))),
        left!.set(spins!),
        branch(0),
      ),
      i32.const(-1),
    ];
  });
  module.function('report', [], [], () => drop(atomicAdd(0, 1, at('done'))));
  module.function('join', [I32, I32], [I32], (_, total, spins) => [
    loop(
      when(i32.geS(atomicLoad(0, at('done')), total!), [i32.const(1), giveBack]),
      branchIf(i32.gtS(spins!.tee(i32.sub(spins!, 1)), 0), 0),
    ),
    i32.const(0),
  ]);
  return module.encode();
}

/** What the module exports. */
export interface Control {
  tryTake(): number;
  report(): void;
  join(total: number, spins: number): number;
}
