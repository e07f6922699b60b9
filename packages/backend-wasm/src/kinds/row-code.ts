/** What rows one by one and rows side by side (`rows.ts`, `rows-across.ts`) have in common: operands, reductions that are finished, values of bodies and results. */
import { type Expression, type RowsKernel, topological } from '@nn/backend';
import { type Code, I32, i32, i32x4, type Local, V128, v128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { emit, emitSteady, type Known, lower, steadyNodes } from '../scalar/emit.ts';
import { ascending, type Quad } from '../scalar/quad.ts';
import { bytesOf, loadNumber } from './access.ts';
import { Fold, isShort } from './fold.ts';
import { BlockLayout } from './kind.ts';
import { needed, Places } from './places.ts';
import { type Step, Stream } from './stream.ts';

/** A node that a reduction leaves in scratch memory. */
export interface Stashed {
  readonly node: Expression;
  readonly reduction: number;
}

export interface RowsShape {
  readonly kernel: RowsKernel;
  readonly bodies: readonly Expression[];
  readonly results: readonly Expression[];
  /** How inputs move along the vectors. */
  readonly steps: readonly Step[];
  readonly stashed: readonly Stashed[];
}

/** The kernel as this backend sees it. */
export function lowered(kernel: RowsKernel): Omit<RowsShape, 'steps'> {
  const bodies = kernel.reductions.map(({ body }) => lower(body));
  const results = kernel.outputs.map(({ expression }) => lower(expression));
  return { kernel, bodies, results, stashed: stashedOf(kernel, bodies, results) };
}

/** Float bodies that cost more than a load and that a later expression has within it. */
function stashedOf(kernel: RowsKernel, bodies: readonly Expression[], results: readonly Expression[]): Stashed[] {
  const cheap = new Set([
    'input',
    'constant',
    'scalar',
    'coordinate',
    'add',
    'sub',
    'mul',
    'max',
    'min',
    'neg',
    'cast',
  ]);
  return bodies.flatMap((node, reduction) => {
    const later = [...bodies.slice(reduction + 1), ...results.filter((_, j) => !kernel.outputs[j]!.perRow)];
    const again = later.some((root) => topological(root).includes(node));
    return node.type === 'f32' && again && topological(node).some(({ op }) => !cheap.has(op))
      ? [{ node, reduction }]
      : [];
  });
}

/** The outputs that have a value an element. */
export const wholeRows = ({ outputs }: RowsKernel): number[] => outputs.flatMap(({ perRow }, j) => (perRow ? [] : [j]));

export interface RowCode {
  /** Number `index` of the launch: sizes, then strides of inputs. */
  readonly constant: (index: number) => Local;
  /** Of input i along dimension d, in bytes. */
  readonly stride: (i: number, d: number) => Local;
  readonly size: Local;
  /** Where inputs' rows start; where they stand. */
  readonly pointers: readonly Local[];
  readonly streams: readonly Stream[];
  /** The element at hand. */
  readonly index: Local;
  /** The address of what is stashed at the element at hand. */
  readonly stash: Local;
  /** Code before all rows. */
  readonly prelude: Code;
  /** Puts pointers at the inputs' first elements. */
  readonly begin: Code;
  /** Goes to the row's first element. */
  readonly rewind: Code;
  /** The address of an output's element. */
  readonly address: (j: number, element: Code) => Code;
  /** The reductions, each of which `run` writes: it gives the results, of one row in all lanes or of `width` vectors of rows. Asked before outputs are. */
  readonly reductions: (
    run: (
      fold: Fold,
      value: (q: number, count: Local | null) => ValueCode,
      unrolled: boolean,
    ) => { readonly code: Code; readonly found: readonly Quad[] },
  ) => Code;
  /** What outputs need once a row; stores those that have one value a row. */
  readonly rowOutputs: (target: (j: number) => Stream) => Code;
  /** The value of output j at vector q. */
  readonly resultAt: (j: number, q: number, count?: Local | null) => ValueCode;
}

/** Code, and where the value is then; and code that puts it where it is kept, which may come after that of other values: engines join what no store separates. */
export interface ValueCode {
  readonly code: Code;
  readonly parts: Quad;
  readonly keep: Code;
}

/**
 * For one row (number `row`), whose vectors have the same reductions, or for `width` vectors of rows with their own. What is stashed lies from `scratch` on, `padded` bytes
 * a node.
 */
export function rowCode(
  f: FunctionBuilder,
  block: Local,
  { kernel, bodies, results, steps, stashed }: RowsShape,
  width: number,
  row: Local,
  scratch: Code,
  padded: (size: Local) => Code,
): RowCode {
  const { rank, inputs, outputs } = kernel;
  const layout = new BlockLayout(kernel.scalars, outputs.length + inputs.length);
  const constant = layout.reader(f, block);
  const size = constant(rank);
  const stride = (i: number, d: number): Local => constant((rank + 1) * (1 + i) + d);
  const pointers = f.locals(I32, inputs.length);
  const cursors = f.locals(I32, inputs.length);
  const streams = inputs.map(
    ({ dtype }, i) => new Stream(f, `input ${i}`, dtype, steps[i]!, cursors[i]!, stride(i, rank)),
  );
  const [index, stash] = f.locals(I32, 2) as [Local, Local];
  const roots = [...bodies, ...results];
  const numbers: Known = new Map();
  const prelude = emitSteady(f, roots, numbers, (leaf) => loadNumber(block, leaf));
  const knowns = Array.from({ length: width }, (): Known => new Map(numbers));
  const elements = [...bodies, ...wholeRows(kernel).map((j) => results[j]!)];
  const places = new Places(f, elements, steadyNodes(roots), numbers);
  const start = i32.mul(row, size);
  const coordinate = (q: number): Quad => [ascending(f, i32.add(start, index), 4 * q)];
  /** By reduction, then by vector of rows. */
  const finished: (readonly Quad[])[] = [];
  const result = ({ op, value }: Expression, group: number): Quad | undefined =>
    op === 'input' ? finished[value - inputs.length]?.[group] : undefined;
  /** Computes what of the root is the same all along the row: what depends on finished reductions alone. */
  const steady = (root: Expression): Code =>
    knowns.map((known, group) =>
      emitSteady(f, [root], known, (leaf) => result(leaf, group)!, (leaf) => result(leaf, group) !== undefined),
    ); // biome-ignore format: one call
  const stashAddress = (place: number): Code => (place === 0 ? stash : i32.add(stash, i32.mul(padded(size), place)));
  /** The value of a body or result at vector q. */
  const valueAt = (root: Expression, reduction: number, q: number, count: Local | null): ValueCode => {
    const group = width === 1 ? 0 : q;
    const here: Known = new Map(knowns[group]);
    const before: Code[] = [];
    stashed.forEach(({ node, reduction: made }, place) => {
      if (made >= reduction || !topological(root).includes(node)) return;
      const kept = f.local(V128);
      before.push(kept.set(v128.load(stashAddress(place), 16 * q)));
      here.set(node, [kept]);
    });
    before.push(places.at(root, index, q, here, coordinate));
    const below = needed(root, here);
    const leafOf = (leaf: Expression): Quad =>
      leaf.op === 'coordinate' ? coordinate(q) : (result(leaf, group) ?? streams[leaf.value]!.load(q, count));
    const code = emit(f, [root], here, leafOf, (node) => below.has(node));
    const parts: Quad = here.get(root)!;
    const place = stashed.findIndex((entry) => entry.reduction === reduction);
    const keep = place < 0 ? [] : v128.store(stashAddress(place), parts[0]!, 16 * q);
    return { code: [before, code], parts, keep };
  };
  return {
    constant,
    stride,
    size,
    pointers,
    streams,
    index,
    stash,
    prelude,
    begin: pointers.map((pointer, i) => pointer.set(i32.load(block, layout.operand(outputs.length + i)))),
    rewind: [cursors.map((cursor, i) => cursor.set(pointers[i]!)), index.set(i32.const(0)), stash.set(scratch)],
    address: (j, element) => i32.add(i32.load(block, layout.operand(j)), i32.mul(element, bytesOf(outputs[j]!.dtype))),
    reductions: (run) => [
      places.ofRow(start, size),
      bodies.map((body, k) => {
        const before = steady(body);
        const fold = new Fold(f, kernel.reductions[k]!.combine, body.type);
        const { code, found } = run(fold, (q, count) => valueAt(body, k, q, count), isShort(body));
        finished.push(found);
        return [before, code];
      }),
    ],
    rowOutputs: (target) =>
      results.map((root, j) => {
        const before = steady(root);
        if (!outputs[j]!.perRow) return before;
        const each = knowns.map((known, group) => {
          const here: Known = new Map(known);
          const code = emit(f, [root], here, (leaf) => result(leaf, group) ?? [i32x4.splat(row)]);
          return [code, target(j).store(here.get(root)!, group)];
        });
        return [before, each];
      }),
    resultAt: (j, q, count = null) => valueAt(results[j]!, bodies.length, q, count),
  };
}
