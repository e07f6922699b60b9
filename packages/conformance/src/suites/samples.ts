/** Arguments for scalar rows: where functions change their minds, and numbers of the row's domain between. */
import type { Row, ScalarType } from '@nn/backend';
import { randomOf } from '../launch/random.ts';

const floatEdges: readonly number[] = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, 1e-3, -1e-3, 0.1, Math.PI, -Math.PI / 2, 10, -10, 100, -100,
  Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-7, 1e-30, -1e-30, 1e10, -1e10, 16777217, 8388609.5,
  2147483648, -2147483648, 4294967296,
]; // biome-ignore format: one glance

const edgesOfFormat = {
  // Largest, smallest normal, denormal, and where exp overflows and underflows.
  f32: [3.4028234663852886e38, -3.4028234663852886e38, 2 ** -126, -(2 ** -126), 2 ** -140, -(2 ** -149), 88.7, 89, -87.4, -103, 0.99999994],
  f64: [Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, -(2 ** -1022), 5e-324, -(2 ** -1060), 709.7, 710, -708.5, -745, 1 - 2 ** -53],
} as const; // biome-ignore format: one row a format

const integerEdges: readonly number[] = [
  0, 1, -1, 2, -2, 3, 7, -8, 31, 32, 33, 100, -100, 255, 256, 65535, 65536, 46341, -46341, 2147483647, -2147483647, -2147483648,
]; // biome-ignore format: one glance

/** Edges of a type. */
export function edges(type: ScalarType): readonly number[] {
  switch (type) {
    case 'bool':
      return [0, 1];
    case 'i32':
      return integerEdges;
    case 'u32':
      return integerEdges.map((x) => x >>> 0);
    default:
      return [...floatEdges, ...edgesOfFormat[type]].map((x) => (type === 'f32' ? Math.fround(x) : x));
  }
}

const drawn = 192;

/** One list an argument, all of one length: edges against edges, then numbers of the domain. */
export function samplesOf(row: Row, types: readonly ScalarType[]): number[][] {
  const random = randomOf(row.name.length + 97 * types.length);
  const tuples = combinations(types.map((type) => few(edges(type), types.length)));
  for (let i = 0; i < drawn; i++) tuples.push(types.map((type, arg) => draw(row, arg, type, random)));
  return types.map((_, arg) => tuples.map((tuple) => tuple[arg]!));
}

/** Of one or two arguments all edges; of more as many as keep their combinations in the thousands. */
function few(all: readonly number[], arity: number): readonly number[] {
  if (arity <= 2) return all;
  const count = Math.max(2, Math.floor(4096 ** (1 / arity)));
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]!);
}

function combinations(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((tuples, list) => tuples.flatMap((tuple) => list.map((x) => [...tuple, x])), [[]]);
}

function draw(row: Row, arg: number, type: ScalarType, random: () => number): number {
  if (type === 'bool') return Number(random() < 0.5);
  if (type === 'u32') return Math.floor(random() * 2 ** 32);
  const [low, high] = row.domain?.[arg] ?? [-10, 10];
  const x = low + random() * (high - low);
  return type === 'i32' ? Math.floor(x) : type === 'f32' ? Math.fround(x) : x;
}
