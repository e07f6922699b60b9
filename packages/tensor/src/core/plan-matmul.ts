/** Plans of `matmul`: batch dimensions broadcast and merged, transposes left to strides, an addend in the epilogue. */
import {
  add,
  DTypeError,
  dtypes,
  type Expression,
  input,
  type Layout2,
  type MatmulKernel,
  mul,
  ShapeError,
  scalar,
} from '@nn/backend';
import { accessOf, broadcastShapes, broadcastStrides, collapse, shapeText } from './collapse.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { MatmulAttributes, Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

/** left [..., m, k], right [..., k, n], addend anything that broadcasts to [..., m, n]. */
export function planMatmul(op: Op<'matmul'>, inputs: readonly Layout[]): Plan {
  const { transposeLeft = false, transposeRight = false } = op.attributes;
  const device = commonDevice(op.name, inputs);
  const { dtype } = inputs[0]!;
  const left = matrixOf(inputs[0]!, transposeLeft);
  const right = matrixOf(inputs[1]!, transposeRight);
  const addend = inputs[2];
  if (inputs.some((layout) => layout.dtype !== dtype) || dtype === 'bool')
    throw new DTypeError(
      op.name,
      `dtypes differ or are bool: ${inputs.map((l) => l.dtype).join(' and ')}; convert with .to('float32')`,
    );
  const [m, k] = left.shape.slice(-2) as [number, number];
  const [inner, n] = right.shape.slice(-2) as [number, number];
  if (k !== inner) throw innerSizes(op.name, left.shape, right.shape);
  const batch = broadcastShapes(op.name, [left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const shape = [...batch, m, n];
  if (addend !== undefined && shapeText(broadcastShapes(op.name, [shape, addend.shape])) !== shapeText(shape))
    throw new ShapeError(
      op.name,
      `the addend of shape ${shapeText(addend.shape)} does not broadcast to the product's ${shapeText(shape)}`,
    );
  const out = layoutOf(device, dtype, shape);
  const extras = addend === undefined ? [] : [broadcastStrides(addend.shape, addend.strides, shape)];
  const batchStrides = [left, right].map((l) => broadcastStrides(l.shape.slice(0, -2), l.strides.slice(0, -2), batch));
  const full = [
    out.strides,
    [...batchStrides[0]!, ...left.strides.slice(-2)],
    [...batchStrides[1]!, ...right.strides.slice(-2)],
    ...extras,
  ];
  const outer = collapse(
    batch,
    full.map((s) => s.slice(0, -2)),
  );
  const { sizes, rows, strides } = tall(
    outer.sizes,
    m,
    full.map((s, i) => [...outer.strides[i]!, ...s.slice(-2)]),
  );
  const kernel: MatmulKernel = {
    kind: 'matmul',
    rank: sizes.length,
    dtype,
    left: layout2(rows, k, strides[1]!),
    right: layout2(k, n, strides[2]!),
    extras: extras.map((_, i) => ({ dtype, access: accessOf([...sizes, rows, n], strides[3 + i]!) })),
    epilogue: epilogueOf(op.attributes, dtype),
    scalars: op.attributes.addend === 'scaled' ? 2 : 0,
  };
  return new Plan(op, inputs, [out], {
    program: compile(device, kernel),
    geometry: geometryOf([...sizes, rows, n, k], strides),
    operands: inputs.map((_, i) => i),
  });
}

/** A batch of matrices times one matrix is one tall matrix times it, where the rows of the batch lie one after another: the innermost batch dimension joins the rows. */
function tall(
  batch: readonly number[],
  m: number,
  strides: readonly (readonly number[])[],
): { sizes: readonly number[]; rows: number; strides: readonly (readonly number[])[] } {
  const last = batch.length - 1;
  const joins = (list: readonly number[], i: number): boolean =>
    i === 2 ? list[last] === 0 : list[last] === m * list[last + 1]!;
  if (last < 0 || !strides.every(joins)) return { sizes: batch, rows: m, strides };
  return {
    sizes: batch.slice(0, last),
    rows: batch[last]! * m,
    strides: strides.map((list) => [...list.slice(0, last), ...list.slice(last + 1)]),
  };
}

interface Matrix {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Shape and strides as the product takes them. */
function matrixOf({ shape, strides }: Matrix, transposed: boolean): Matrix {
  if (!transposed) return { shape, strides };
  const swapped = (list: readonly number[]): number[] => [...list.slice(0, -2), ...list.slice(-2).reverse()];
  return { shape: swapped(shape), strides: swapped(strides) };
}

function epilogueOf({ addend }: MatmulAttributes, dtype: Layout['dtype']): Expression {
  const type = dtypes[dtype].scalar;
  const product = input(0, type);
  if (addend === 'none') return product;
  if (addend === 'plain') return add(product, input(1, type));
  return add(mul(scalar(0, type), product), mul(scalar(1, type), input(1, type)));
}

function layout2(rows: number, columns: number, strides: readonly number[]): Layout2 {
  const [outer, inner] = strides.slice(-2) as [number, number];
  if (inner === 1 || columns === 1) return 'rows';
  return outer === 1 || rows === 1 ? 'columns' : 'strided';
}

/** The one sentence for products that don't fit, with a way out where a transposed operand would. */
export function innerSizes(op: string, left: readonly number[], right: readonly number[]): ShapeError {
  const k = left[left.length - 1]!;
  const inner = right[Math.max(right.length - 2, 0)]!;
  const hint =
    right.length === 2 && right[1] === k
      ? '; did you mean right.transpose(0, 1)?'
      : left.length === 2 && left[0] === inner
        ? '; did you mean left.transpose(0, 1)?'
        : '';
  return new ShapeError(op, `inner sizes ${k} and ${inner} differ: ${shapeText(left)} and ${shapeText(right)}${hint}`);
}
