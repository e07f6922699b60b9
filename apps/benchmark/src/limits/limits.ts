/**
 * What this machine's one core can do in WebAssembly: floating-point operations that touch nothing but registers, and bytes moved. No kernel can be faster, so these are
 * what kernels are held against; measured in the same rounds, they also tell how the clock moves.
 */
import type { LimitName } from '../cases/case.ts';
import { engine, instantiate } from './engine.ts';
import { code, moduleOf } from './module.ts';

interface Limit {
  readonly title: string;
  readonly unit: 'GFLOP/s' | 'GB/s';
  /** Operations or bytes of one call. */
  readonly work: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The argument of one call. */
  readonly argument: number;
}

const lanes = 4;
const vectorBytes = 16;

/** More chains than the operation's latency in issue slots, as many as registers hold: twice as many where V8 joins vectors in pairs. */
const chainsOf = (vectors: 128 | 256): number => (vectors / 128) * 12;
const unrolled = 8;
const turns = 4000;

/** turns × unrolled × c ← c · a + b, over independent c; the mean of the first lanes. They are stored side by side, since vectors are joined that are. */
function arithmetic(chains: number, step: (chain: number, a: number, b: number) => number[]): Uint8Array<ArrayBuffer> {
  const [n, first] = [0, 1];
  const [a, b, base] = [first + chains, first + chains + 1, first + chains + 2];
  const all = Array.from({ length: chains }, (_, i) => first + i);
  return moduleOf({
    vectors: chains + 2,
    integers: 1,
    pages: 1,
    body: [
      ...[...code.float(1.0000001), ...code.splat, ...code.set(a), ...code.float(1e-9), ...code.splat, ...code.set(b)],
      ...all.flatMap((chain) => [...code.get(a), ...code.set(chain)]),
      ...code.loop([
        ...Array.from({ length: unrolled }, () => all.flatMap((chain) => step(chain, a, b))).flat(),
        ...[...code.get(n), ...code.integer(1), ...code.subtractIntegers, ...code.tee(n)],
      ]),
      ...all.flatMap((chain, i) => [...code.get(base), ...code.get(chain), ...code.store(vectorBytes * i)]),
      ...[...code.get(base), ...code.load(0)],
      ...all.slice(1).flatMap((_, i) => [...code.get(base), ...code.load(vectorBytes * (i + 1)), ...code.add]),
      ...[...code.float(1 / chains), ...code.splat, ...code.multiply],
      ...code.firstLane,
    ],
  });
}

const fused = (chains: number): Uint8Array<ArrayBuffer> =>
  arithmetic(chains, (c, a, b) => [
    ...code.get(c),
    ...code.get(a),
    ...code.get(b),
    ...code.multiplyAdd,
    ...code.set(c),
  ]);

const separate = (chains: number): Uint8Array<ArrayBuffer> =>
  arithmetic(chains, (c, a, b) => [
    ...code.get(c),
    ...code.get(a),
    ...code.multiply,
    ...code.get(b),
    ...code.add,
    ...code.set(c),
  ]);

const flopsOf = (chains: number): number => turns * unrolled * chains * lanes * 2;

/** Vectors a turn of a loop over memory. */
const perTurn = 8;
/** Between source and target: an odd number of cache lines, so that their addresses don't collide in the cache. */
const gap = 64 * 67;

/** A loop over `n` bytes: reads them into sums, writes them, or both. */
function traffic(n: number, reads: boolean, writes: boolean): Uint8Array<ArrayBuffer> {
  const [end, first] = [0, 1];
  const sums = Array.from({ length: perTurn }, (_, i) => first + i);
  const [source, target] = [first + perTurn, first + perTurn + 1];
  const stride = perTurn * vectorBytes;
  const step = (local: number): number[] => [
    ...code.get(local),
    ...code.integer(stride),
    ...code.addIntegers,
    ...code.set(local),
  ];
  const move = (sum: number, i: number): number[] => {
    const offset = i * vectorBytes;
    const load = [...code.get(source), ...code.load(offset)];
    if (!writes) return [...code.get(sum), ...load, ...code.add, ...code.set(sum)];
    return [...code.get(target), ...(reads ? load : code.get(sum)), ...code.store(offset)];
  };
  return moduleOf({
    vectors: perTurn,
    integers: 2,
    pages: Math.ceil((2 * n + 2 * gap) / 65536),
    body: [
      ...[...code.integer(reads ? n + gap : 0), ...code.set(target)],
      ...code.loop([
        ...sums.flatMap(move),
        ...step(source),
        ...step(target),
        ...[...code.get(source), ...code.get(end), ...code.isBelow],
      ]),
      ...code.get(sums[0]!),
      ...sums.slice(1).flatMap((sum) => [...code.get(sum), ...code.add]),
      ...code.firstLane,
    ],
  });
}

/** As large as the elementwise cases. */
const size = 4 << 20;

/** What each limit is, made when asked for; null where the engine can't. */
const makers: { readonly [Name in LimitName]: (chains: number) => Limit | null } = {
  fma: (chains) => {
    const bytes = fused(chains);
    // Relaxed SIMD: Node 22 and later.
    if (!engine.validate(bytes)) return null;
    return {
      title: 'fused multiply-add, registers only',
      unit: 'GFLOP/s',
      work: flopsOf(chains),
      bytes,
      argument: turns,
    };
  },
  'mul-add': (chains) => ({
    title: 'multiply then add, registers only',
    unit: 'GFLOP/s',
    work: flopsOf(chains),
    bytes: separate(chains),
    argument: turns,
  }),
  copy: () => ({
    title: 'copy of 4 MiB',
    unit: 'GB/s',
    work: 2 * size,
    bytes: traffic(size, true, true),
    argument: size,
  }),
  read: () => ({ title: 'read of 4 MiB', unit: 'GB/s', work: size, bytes: traffic(size, true, false), argument: size }),
  fill: () => ({ title: 'fill of 4 MiB', unit: 'GB/s', work: size, bytes: traffic(size, false, true), argument: size }),
};

/** A limit, ready to be timed as players are. */
export interface TimedLimit {
  readonly name: string;
  readonly limit: LimitName;
  readonly title: string;
  readonly unit: Limit['unit'];
  /** Operations or bytes of one call. */
  readonly work: number;
  sample(calls: number): Promise<number>;
  /** One call's result, which tests look at. */
  run(): number;
}

/** The name under which a limit stands among the players of a case. */
export const nameOfLimit = (limit: LimitName): string => `limit ${limit}`;

/** Compiles a limit; null where the engine lacks an instruction. */
export function openLimit(name: LimitName, vectors: 128 | 256 = 128): TimedLimit | null {
  const limit = makers[name](chainsOf(vectors));
  if (limit === null) return null;
  const { run, memory } = instantiate(limit.bytes);
  // Pages that nobody has written to are one and the same page of zeros, which lies in the first cache.
  new Float32Array(memory.buffer).fill(1);
  return {
    name: nameOfLimit(name),
    limit: name,
    title: limit.title,
    unit: limit.unit,
    work: limit.work,
    run: () => run(limit.argument),
    sample: async (calls) => {
      const start = performance.now();
      for (let i = 0; i < calls; i++) run(limit.argument);
      return performance.now() - start;
    },
  };
}
