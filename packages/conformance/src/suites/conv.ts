/** The `conv` kind: its three roles over ranks, strides, paddings (also of unequal ends), dilations, groups and dtypes; bias and epilogue. */
import { add, type ConvKernel, type DType, dtypes, type Expression, input, max, mul, same, scalar } from '@nn/backend';
import { asReference, holds, type Suite } from '../case.ts';
import { halfUnit } from '../launch/half.ts';
import type { LaunchCase } from '../launch/launch-case.ts';
import { type Fill, footprint, operandOver } from '../launch/operands.ts';
import { fractions, wholeNumbers } from '../launch/random.ts';

interface Axis {
  readonly x: number;
  readonly w: number;
  readonly stride?: number;
  readonly before?: number;
  readonly after?: number;
  readonly dilation?: number;
}

interface ConvSpec {
  readonly name: string;
  readonly batch?: number;
  readonly groups?: number;
  /** Channels a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly Axis[];
  readonly dtype?: DType;
  readonly fill?: Fill;
}

interface Epilogue {
  readonly bias: boolean;
  readonly epilogue: Expression;
  readonly scalars: readonly number[];
}

const numbers: Fill = (dtype, n) => wholeNumbers(dtype, n, n, 3);

const outputSize = ({ x, w, stride = 1, before = 0, after = 0, dilation = 1 }: Axis): number =>
  Math.max(0, Math.floor((x + before + after - dilation * (w - 1) - 1) / stride) + 1);

function convCase(
  role: ConvKernel['role'],
  spec: ConvSpec,
  epilogue?: Epilogue,
  tolerance?: LaunchCase['tolerance'],
): LaunchCase {
  const { name, batch = 2, groups = 1, inputs, outputs, axes, dtype = 'float32', fill = numbers } = spec;
  const x = [batch, groups * inputs, ...axes.map((axis) => axis.x)];
  const w = [groups * outputs, inputs, ...axes.map((axis) => axis.w)];
  const y = [batch, groups * outputs, ...axes.map(outputSize)];
  const extents = axes.flatMap(({ stride = 1, before = 0, after = 0, dilation = 1 }) => [
    stride,
    before,
    after,
    dilation,
  ]);
  const shapes = { forward: [y, x, w], inputGradient: [x, y, w], weightGradient: [w, y, x] }[role];
  const [output, ...operands] = shapes.map((sizes, i) =>
    operandOver(sizes, dtype, i === 1 ? 'offset' : 'dense', i === 0 ? footprint : fill),
  );
  if (epilogue?.bias) operands.push(operandOver([groups * outputs], dtype, 'dense', fill));
  const { bias = false, scalars = [] } = epilogue ?? {};
  const kernel: ConvKernel = {
    kind: 'conv',
    role,
    spatialRank: axes.length,
    dtype,
    bias,
    epilogue: epilogue?.epilogue ?? input(0, dtypes[dtype].scalar),
    scalars: scalars.length,
  };
  return {
    name: `${role}, ${name}`,
    kernel,
    sizes: [...x, ...w, ...y],
    extents: [groups, ...extents],
    inputs: operands,
    outputs: [output!],
    scalars,
    ...(tolerance && { tolerance }),
  };
}

const square = (axis: Axis): readonly Axis[] => [axis, axis];

const specs: readonly ConvSpec[] = [
  { name: '3x3', inputs: 2, outputs: 3, axes: square({ x: 6, w: 3 }) },
  { name: '3x3 padded', inputs: 3, outputs: 5, axes: square({ x: 7, w: 3, before: 1, after: 1 }) },
  { name: '4 to 32 channels of 14x14', batch: 1, inputs: 4, outputs: 32, axes: square({ x: 14, w: 3, before: 1, after: 1 }) },
  { name: 'one channel of 28x28', batch: 1, inputs: 1, outputs: 16, axes: square({ x: 28, w: 3, before: 1, after: 1 }) },
  { name: '9 to 17 channels of 11x12', batch: 1, inputs: 9, outputs: 17, axes: [{ x: 11, w: 3, before: 1, after: 1 }, { x: 12, w: 3, before: 1, after: 1 }] },
  { name: '1x1', inputs: 9, outputs: 8, axes: square({ x: 5, w: 1 }) },
  { name: 'stride 2', inputs: 2, outputs: 4, axes: square({ x: 9, w: 3, stride: 2, before: 1, after: 1 }) },
  { name: 'stride that leaves a rest', inputs: 2, outputs: 2, axes: square({ x: 8, w: 2, stride: 3 }) },
  { name: 'stride wider than the window', inputs: 2, outputs: 2, axes: square({ x: 11, w: 2, stride: 4 }) },
  { name: 'dilation 2', inputs: 2, outputs: 3, axes: square({ x: 9, w: 3, dilation: 2, before: 2, after: 2 }) },
  { name: 'stride, dilation and unequal padding', inputs: 2, outputs: 3, axes: [{ x: 11, w: 3, stride: 2, dilation: 2, before: 3, after: 1 }, { x: 8, w: 2, stride: 3, before: 0, after: 2 }] },
  { name: 'padding wider than the window', inputs: 1, outputs: 2, axes: square({ x: 4, w: 2, before: 4, after: 3 }) },
  { name: 'padding wider than the window, stride 2', inputs: 1, outputs: 2, axes: square({ x: 5, w: 2, stride: 2, before: 4, after: 5 }) },
  { name: 'padding wider than the window, stride 3', inputs: 1, outputs: 2, axes: square({ x: 5, w: 1, stride: 3, before: 4, after: 5 }) },
  { name: 'padding before alone', inputs: 2, outputs: 2, axes: square({ x: 5, w: 3, before: 2 }) },
  { name: 'two groups', groups: 2, inputs: 3, outputs: 2, axes: square({ x: 6, w: 3, before: 1, after: 1 }) },
  { name: 'depthwise', groups: 7, inputs: 1, outputs: 1, axes: square({ x: 6, w: 3, before: 1, after: 1 }) },
  { name: 'depthwise, two outputs, stride 2', groups: 5, inputs: 1, outputs: 2, axes: square({ x: 7, w: 3, stride: 2, before: 1, after: 1 }) },
  { name: 'oblong window and image', inputs: 2, outputs: 3, axes: [{ x: 5, w: 1 }, { x: 17, w: 5, before: 2, after: 2 }] },
  { name: 'window as large as the image', inputs: 3, outputs: 4, axes: square({ x: 5, w: 5 }) },
  { name: 'window larger than the image', inputs: 2, outputs: 2, axes: square({ x: 2, w: 4, before: 1, after: 1 }) },
  { name: '7x7 of stride 2', batch: 1, inputs: 3, outputs: 9, axes: square({ x: 23, w: 7, stride: 2, before: 3, after: 3 }) },
  { name: '65 channels', batch: 1, inputs: 65, outputs: 9, axes: square({ x: 4, w: 3 }) },
  { name: 'batch of 5', batch: 5, inputs: 2, outputs: 8, axes: square({ x: 5, w: 2 }) },
  { name: 'batch of nothing', batch: 0, inputs: 2, outputs: 3, axes: square({ x: 5, w: 3 }) },
  { name: 'no output positions', inputs: 2, outputs: 3, axes: square({ x: 2, w: 3 }) },
  { name: 'one axis', inputs: 3, outputs: 4, axes: [{ x: 33, w: 5, stride: 2, before: 2, after: 2 }] },
  { name: 'one axis, groups, dilation', groups: 2, inputs: 2, outputs: 2, axes: [{ x: 17, w: 3, dilation: 3, before: 1, after: 4 }] },
  { name: 'three axes', inputs: 2, outputs: 3, axes: [{ x: 4, w: 2 }, { x: 5, w: 3, before: 1, after: 1 }, { x: 6, w: 3, stride: 2, before: 1 }] },
  { name: 'four axes', batch: 1, inputs: 2, outputs: 2, axes: [{ x: 3, w: 2 }, { x: 3, w: 2 }, { x: 4, w: 2, stride: 2 }, { x: 3, w: 3, before: 1, after: 1 }] },
  { name: 'no axis', batch: 3, inputs: 4, outputs: 5, axes: [] },
]; // biome-ignore format: a table

const roles = ['forward', 'inputGradient', 'weightGradient'] as const;

export const convSuite: Suite = ({ backend }) =>
  [
    ...specs.flatMap((spec) => roles.map((role) => convCase(role, spec))),
    ...dtypeCases(),
    ...epilogueCases(),
    ...accuracyCases(),
  ]
    .filter((launchCase) => holds(backend, launchCase))
    .map((launchCase) => asReference(backend, launchCase));

function dtypeCases(): LaunchCase[] {
  const axes = square({ x: 6, w: 3, stride: 2, before: 1, after: 1 });
  return (['float64', 'float16', 'int32', 'int64', 'uint8'] as const).flatMap((dtype) =>
    roles.map((role) => convCase(role, { name: `of ${dtype}`, groups: 2, inputs: 2, outputs: 3, axes, dtype })),
  );
}

function epilogueCases(): LaunchCase[] {
  const spec: ConvSpec = { name: '', inputs: 3, outputs: 5, axes: square({ x: 7, w: 3, before: 1, after: 1 }) };
  const [sum, bias] = [input(0, 'f32'), input(1, 'f32')];
  const relu = (x: Expression): Expression => max(x, same(0, x));
  const named = (name: string, own: Epilogue): LaunchCase => convCase('forward', { ...spec, name }, own);
  return [
    named('bias', { bias: true, epilogue: add(sum, bias), scalars: [] }),
    named('bias and rectifier', { bias: true, epilogue: relu(add(sum, bias)), scalars: [] }),
    named('rectifier', { bias: false, epilogue: relu(sum), scalars: [] }),
    named('bias and a scalar', { bias: true, epilogue: mul(add(sum, bias), scalar(0, 'f32')), scalars: [3] }),
    convCase(
      'forward',
      { ...spec, name: 'groups, bias', groups: 3 },
      { bias: true, epilogue: add(sum, bias), scalars: [] },
    ),
    convCase(
      'forward',
      { ...spec, name: 'bias in int32', dtype: 'int32' },
      { bias: true, epilogue: add(input(0, 'i32'), input(1, 'i32')), scalars: [] },
    ),
  ];
}

function accuracyCases(): LaunchCase[] {
  const spec: ConvSpec = {
    name: 'accuracy',
    inputs: 12,
    outputs: 9,
    axes: square({ x: 9, w: 3, before: 1, after: 1 }),
    fill: (dtype, n) => fractions(dtype, n, n),
  };
  // At most batch · 81 positions or 12 · 9 taps are added, none of them larger than 1.
  const terms = 2 * 81;
  const bound = 2 * terms * 2 ** -24 * terms;
  return roles.flatMap((role) => [
    convCase(role, spec, undefined, () => bound),
    convCase(
      role,
      { ...spec, name: 'accuracy of float16', dtype: 'float16' },
      undefined,
      (expected) => bound + halfUnit(expected),
    ),
  ]);
}
