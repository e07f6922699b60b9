/** Arguments for scalar rows: where functions change their minds, and numbers of the row's domain between. */
import type { Row, ScalarType } from '@nn/backend';
import { randomOf } from '../launch/random.ts';

/** The most telling ones first: of rows with several arguments only those are combined. */
const floatEdges: readonly number[] = [
  0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2.5, -2.5, 100, -100, 0.5, -0.5, 3, -2, 1e-3, -1.5,
  1e10, -1e10, 1e-30, -1e-30, 2, 1.5, -1e-3, 0.1, Math.PI, -Math.PI / 2, 10, -10, 1e-7, 16777217, 8388609.5, 2147483648, -2147483648,
  4294967296,
]; // biome-ignore format: one glance

const edgesOfFormat = {
  // Largest, smallest normal, denormal, and where exp overflows and underflows.
  f32: [3.4028234663852886e38, -3.4028234663852886e38, 2 ** -126, -(2 ** -126), 2 ** -140, -(2 ** -149), 88.7, 89, -87.4, -103, 0.99999994],
  f64: [Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, -(2 ** -1022), 5e-324, -(2 ** -1060), 709.7, 710, -708.5, -745, 1 - 2 ** -53],
} as const; // biome-ignore format: one row a format

const integerEdges: readonly number[] = [
  0, 1, -1, 2147483647, -2147483648, 3, -8, 31, 32, 255, 256, 46341, 2, -2, 7, 33, 100, -100, 65535, 65536, -46341, -2147483647,
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
  // Of a pair all edges meet in core rows, on which the others stand.
  const most =
    types.length === 1 || row.meaning === undefined ? Number.POSITIVE_INFINITY : Math.floor(900 ** (1 / types.length));
  const count = types.length > 2 ? Math.max(3, Math.floor(2500 ** (1 / types.length))) : most;
  const tuples = combinations(types.map((type) => edges(type).slice(0, count)));
  for (let i = 0; i < drawn; i++) tuples.push(types.map((type, arg) => draw(row, arg, type, random)));
  return types.map((_, arg) => tuples.map((tuple) => tuple[arg]!));
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
