/**
 * A few very long rows, each of which many workgroups share: a `reduce` for each reduction, which leaves its values in a temporary, and a `map` for the outputs.
 */
import {
  bitcast, type DType, denseStrides, dtypes, type Expression, type Geometry, input, inputsOf, type MapKernel, type Operand, type ReduceKernel, type RowsKernel,
  type ScalarType, substituteInputs,
} from '@nn/backend'; // biome-ignore format: one list
import type { Binding, Facts, Pass, Variant } from '../kind.ts';
import { mapKind } from '../map.ts';
import { reduceKind } from '../reduce/reduce.ts';

/** Elements from which a row is very long, and of so many more for each row there are. */
const length = 2 ** 15;
const each = 2 ** 12;
/** Bindings that every device has in a shader. */
const mostBindings = 8;

/** Whether rows are better taken apart. Follows from sizes and the kernel alone. */
export function areLong(kernel: RowsKernel, rows: number, size: number): boolean {
  const parts = [
    ...kernel.reductions.map(({ body }) => 1 + inputsOf(body).length),
    ...[false, true].map((perRow) => {
      const own = kernel.outputs.filter((output) => output.perRow === perRow);
      return own.length + inputsOf(...own.map(({ expression }) => expression)).length;
    }),
  ];
  return size >= length && size >= each * rows && parts.every((bindings) => bindings <= mostBindings);
}

/** What a pass reads: an operand of the launch, or the values of an earlier reduction. */
interface View {
  readonly operand: Operand;
  readonly from: Binding['from'];
  readonly strides: readonly number[];
}

export function longRows(kernel: RowsKernel, { sizes, strides }: Geometry, facts: Facts): Variant {
  const { rank, inputs, outputs, reductions, scalars } = kernel;
  const outer = sizes.slice(0, rank);
  const rows = denseStrides(outer);
  const single = outer.every((n) => n === 1);
  const types = reductions.map(({ body }) => body.type);
  const operands = inputs.map((operand, i): View => {
    const own = outputs.length + i;
    return { operand, from: { operand: own }, strides: strides[own]! };
  });
  const finished = types.map(
    (type, k): View => ({
      operand: { dtype: keptAs(type), access: single ? 'splat' : 'strided' },
      from: { scratch: k },
      strides: single ? sizes.map(() => 0) : [...rows, 0],
    }),
  );
  const views = [...operands, ...finished];
  const passes: Pass[] = [];
  const scratch = types.map(() => 4 * outer.reduce((n, size) => n * size, 1));

  /** Adds the passes of a kernel in which only operands are read that expressions need; `targets` is what it writes. */
  const add = (
    name: string,
    { passes: own, scratch: temporaries = [] }: Variant,
    targets: readonly Binding['from'][],
    used: readonly View[],
  ): void => {
    const froms = [...targets, ...used.map(({ from }) => from)];
    const before = scratch.length;
    const moved = (from: Binding['from']): Binding['from'] =>
      from === 'faults' ? from : 'operand' in from ? froms[from.operand]! : { scratch: before + from.scratch };
    scratch.push(...temporaries);
    for (const pass of own)
      passes.push({
        ...pass,
        key: `${name} ${single ? 'of one row' : ''} ${pass.key}`,
        bindings: pass.bindings.map((binding) => ({ ...binding, from: moved(binding.from) })),
      });
  };

  const reading = (expressions: readonly Expression[]): { used: readonly View[]; read: Expression[] } => {
    const needed = inputsOf(...expressions);
    const replacements: Expression[] = [];
    for (const [position, i] of needed.entries())
      replacements[i] =
        i < inputs.length
          ? input(position, dtypes[inputs[i]!.dtype].scalar)
          : fromKept(position, types[i - inputs.length]!);
    return {
      used: needed.map((i) => views[i]!),
      read: expressions.map((expression) => substituteInputs(expression, replacements)),
    };
  };

  for (const [k, { combine, body }] of reductions.entries()) {
    const { used, read } = reading([body]);
    const own: ReduceKernel = {
      kind: 'reduce',
      rank,
      reducedRank: 1,
      inputs: used.map(({ operand }) => operand),
      output: { dtype: keptAs(body.type), access: 'contiguous' },
      combine,
      body: read[0]!,
      epilogue: toKept(input(0, body.type)),
      scalars,
    };
    const geometry = { sizes, strides: [rows, ...used.map((view) => view.strides)], extents: [] };
    add(`reduction ${k}`, reduceKind.variant(own, geometry, facts, false), [{ scratch: k }], used);
  }
  for (const perRow of [false, true]) {
    const targets = [...outputs.keys()].filter((j) => outputs[j]!.perRow === perRow);
    if (targets.length === 0) continue;
    const { used, read } = reading(targets.map((j) => outputs[j]!.expression));
    const over = perRow ? outer : sizes;
    const own: MapKernel = {
      kind: 'map',
      rank: over.length,
      inputs: used.map(({ operand }) => operand),
      outputs: targets.map((j, i) => ({
        dtype: outputs[j]!.dtype,
        access: 'contiguous',
        expression: read[i]!,
        overwrites: -1,
      })),
      scalars,
    };
    const geometry = {
      sizes: over,
      strides: [...targets.map(() => denseStrides(over)), ...used.map((view) => view.strides)],
      extents: [],
    };
    add(
      perRow ? 'of rows' : 'of elements',
      mapKind.variant(own, geometry, facts, false),
      targets.map((operand) => ({ operand })),
      used,
    );
  }
  return { passes, scratch };
}

/** How values of a type are kept: no dtype holds u32, but its bits are those of an i32. */
const keptAs = (type: ScalarType): DType => (type === 'bool' ? 'bool' : type === 'f32' ? 'float32' : 'int32');
const toKept = (value: Expression): Expression => (value.type === 'u32' ? bitcast(value, 'i32') : value);
const fromKept = (i: number, type: ScalarType): Expression =>
  type === 'u32' ? bitcast(input(i, 'i32'), 'u32') : input(i, type);
