/** Which form computes a product, and whether its sums are divided among workgroups. Both follow from sizes alone; no bit of a result does from either. */
import type { Variant } from '../kind.ts';
import { partsPass } from './finish.ts';
import { numbersOf } from './numbers.ts';
import { orderOf } from './order.ts';
import type { Problem } from './problem.ts';
import { type Slim, slimPass } from './slim.ts';
import { type Tile, tilePass } from './tile.ts';

export const tiles: readonly Tile[] = [
  { name: 'large', rows: 128, columns: 64, each: 8, speed: 1.25 },
  { name: 'medium', rows: 64, columns: 64, each: 4, speed: 1 },
  { name: 'small', rows: 32, columns: 32, each: 4, speed: 0.8 },
  { name: 'low', rows: 16, columns: 64, each: 4, speed: 0.65 },
  { name: 'tall', rows: 64, columns: 16, each: 4, speed: 0.65 },
];

/** The most rows or columns of the slim form; it keeps all of them in registers. */
const mostShort = 4;
/** Workgroups that keep a GPU busy: with fewer, part of it has nothing to do. */
const busy = 256;

export interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly entries: number;
}

export type Form = ({ readonly kind: 'tile'; readonly tile: Tile } | { readonly kind: 'slim'; readonly slim: Slim }) & {
  readonly split: boolean;
};

export const isSlim = ({ m, n }: Pick<Sizes, 'm' | 'n'>): boolean => Math.min(m, n) <= mostShort;

export function formOf(sizes: Sizes): Form {
  if (isSlim(sizes)) return slimOf(sizes);
  const { k } = sizes;
  const cost = (tile: Tile): number => (Math.max(unitsOf(tile, sizes), busy) * tile.rows * tile.columns) / tile.speed;
  const tile = tiles.reduce((best, other) => (cost(other) < cost(best) ? other : best));
  const units = unitsOf(tile, sizes);
  // A second pass costs about as much as some hundred members of k.
  const split = units < busy / 2 && k >= 512 && k >= 16 * units;
  return { kind: 'tile', tile, split };
}

const unitsOf = ({ rows, columns }: Tile, { m, n, entries }: Sizes): number =>
  Math.ceil(m / rows) * Math.ceil(n / columns) * entries;

function slimOf({ m, n, k, entries }: Sizes): Form {
  const short = m <= n ? 'left' : 'right';
  const rows = [1, 2].find((r) => r >= Math.min(m, n)) ?? mostShort;
  const count = entries * Math.max(m, n);
  const { block, span, spans } = orderOf(k);
  const split = spans > 1 && count < 64 * busy;
  const blocks = Math.ceil(Math.min(span, k) / block);
  // Threads in all that keep a GPU busy don't need slices.
  const slices = blocks <= 1 || count >= 128 * busy ? 1 : blocks <= 4 ? 4 : blocks <= 16 || count > 512 ? 16 : 64;
  return { kind: 'slim', slim: { short, rows, lanes: slices === 1 ? 64 : 256 / slices, slices }, split };
}

/** The passes of a product whose result has elements. */
export function productVariant(problem: Problem, form: Form): Variant {
  const { m, n, entries } = problem;
  const { parts } = orderOf(problem.k);
  const split = form.split && parts > 1;
  const times = split ? parts : 1;
  let rows = 1;
  let columns: number;
  if (form.kind === 'tile') {
    rows = Math.ceil(m / form.tile.rows);
    columns = Math.ceil(n / form.tile.columns);
  } else columns = Math.ceil((entries * Math.max(m, n)) / form.slim.lanes);
  const units = rows * columns * times * (form.kind === 'tile' ? entries : 1);
  const numbers = numbersOf(problem, rows, columns, units);
  const pass =
    form.kind === 'tile' ? tilePass(problem, form.tile, numbers, split) : slimPass(problem, form.slim, numbers, split);
  if (!split) return { passes: [pass] };
  return { passes: [pass, partsPass(problem, numbers)], scratch: [4 * parts * entries * m * n] };
}
