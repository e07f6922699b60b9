/**
 * The `conv` kind in its three roles. An image is copied once into a padded one; an output position then has a base address in it and a
 * tap of the weight a constant distance, so that stride, padding, dilation and the number of axes exist only in two small tables.
 */
import type { Launch } from '../backend.ts';
import { convShape } from '../conv-shape.ts';
import { type DataArray, isFloat } from '../dtype.ts';
import type { ConvKernel } from '../kernel.ts';
import { denseStrides, product } from '../strides.ts';
import { type Arithmetic, floats, integers, type Plane } from './conv-loops.ts';
import { blockLength, Evaluator } from './evaluator.ts';
import { stored } from './half.ts';
import { type ReferenceBlock, walk } from './walk.ts';

/** What follows from the sizes of a launch. */
interface Shape {
  readonly batch: number;
  /** Channels of x and y, and of each of their groups. */
  readonly inputs: number;
  readonly outputs: number;
  readonly inputsPerGroup: number;
  readonly outputsPerGroup: number;
  /** Elements of one channel of x, of y, and of the padded x. */
  readonly xPlane: number;
  readonly yPlane: number;
  readonly paddedPlane: number;
  /** Where output positions and taps lie in the padded plane. */
  readonly bases: Int32Array;
  readonly taps: Int32Array;
  /** Calls `visit(position in x, position in the padded plane, length)` for each innermost row of a channel. */
  readonly eachRow: (visit: (at: number, padded: number, length: number) => void) => void;
}

export function compileConv(kernel: ConvKernel): (launch: Launch) => void {
  const arithmetic = isFloat(kernel.dtype) ? floats : integers;
  switch (kernel.role) {
    case 'forward':
      return compileForward(kernel, arithmetic);
    case 'inputGradient':
      return compileInputGradient(kernel, arithmetic);
    case 'weightGradient':
      return compileWeightGradient(kernel, arithmetic);
  }
}

function compileForward(kernel: ConvKernel, arithmetic: Arithmetic): (launch: Launch) => void {
  const epilogue = new Evaluator([kernel.epilogue]);
  return (launch) => {
    const shape = shapeOf(kernel, launch);
    const { yPlane, inputsPerGroup, outputsPerGroup, taps } = shape;
    const [y, x, w] = operands(kernel, launch);
    const bias = kernel.bias ? (launch.blocks[3] as ReferenceBlock).as(kernel.dtype) : null;
    const weight = dense(arithmetic, w!, launch.offsets[2]!, shape.outputs * inputsPerGroup * taps.length);
    const padded = arithmetic.make(shape.inputs * shape.paddedPlane);
    const sums = arithmetic.make(yPlane);
    epilogue.prepare(yPlane, launch.scalars);
    for (let b = 0; b < shape.batch; b++) {
      fillPadded(padded, x!, launch.offsets[1]! + b * shape.inputs * shape.xPlane, shape);
      for (let o = 0; o < shape.outputs; o++) {
        const group = Math.floor(o / outputsPerGroup);
        sums.fill(0);
        for (let c = 0; c < inputsPerGroup; c++) {
          const plane = (group * inputsPerGroup + c) * shape.paddedPlane;
          arithmetic.correlate(sums, padded, plane, shape.bases, taps, weight, (o * inputsPerGroup + c) * taps.length);
        }
        const start = (b * shape.outputs + o) * yPlane;
        finish(
          kernel,
          epilogue,
          sums,
          bias === null ? 0 : bias[launch.offsets[3]! + o]!,
          y!,
          launch.offsets[0]!,
          start,
        );
      }
    }
  };
}

/** Epilogue and store of one output channel. */
function finish(
  kernel: ConvKernel,
  epilogue: Evaluator,
  sums: Plane,
  bias: number,
  target: DataArray,
  offset: number,
  start: number,
): void {
  for (let at = 0; at < sums.length; at += blockLength) {
    const length = Math.min(blockLength, sums.length - at);
    epilogue.inputs.get(0)?.set(sums.subarray(at, at + length));
    epilogue.inputs.get(1)?.fill(bias, 0, length);
    epilogue.run(length, start + at);
    target.set(stored(kernel.dtype, epilogue.outputs[0]!, length).subarray(0, length), offset + start + at);
  }
}

function compileInputGradient(kernel: ConvKernel, arithmetic: Arithmetic): (launch: Launch) => void {
  return (launch) => {
    const shape = shapeOf(kernel, launch);
    const { yPlane, xPlane, inputsPerGroup, outputsPerGroup, taps } = shape;
    const [dx, dy, w] = operands(kernel, launch);
    const weight = dense(arithmetic, w!, launch.offsets[2]!, shape.outputs * inputsPerGroup * taps.length);
    const padded = arithmetic.make(shape.paddedPlane);
    for (let b = 0; b < shape.batch; b++) {
      const image = dense(arithmetic, dy!, launch.offsets[1]! + b * shape.outputs * yPlane, shape.outputs * yPlane);
      for (let c = 0; c < shape.inputs; c++) {
        const group = Math.floor(c / inputsPerGroup);
        padded.fill(0);
        for (let o = group * outputsPerGroup; o < (group + 1) * outputsPerGroup; o++) {
          const place = (o * inputsPerGroup + (c % inputsPerGroup)) * taps.length;
          arithmetic.spread(padded, image, o * yPlane, shape.bases, taps, weight, place);
        }
        const start = launch.offsets[0]! + (b * shape.inputs + c) * xPlane;
        const rounded = stored(kernel.dtype, padded, padded.length);
        shape.eachRow((at, from, length) => dx!.set(rounded.subarray(from, from + length), start + at));
      }
    }
  };
}

function compileWeightGradient(kernel: ConvKernel, arithmetic: Arithmetic): (launch: Launch) => void {
  return (launch) => {
    const shape = shapeOf(kernel, launch);
    const { yPlane, inputsPerGroup, outputsPerGroup, taps } = shape;
    const [dw, dy, x] = operands(kernel, launch);
    const sums = arithmetic.make(shape.outputs * inputsPerGroup * taps.length);
    const padded = arithmetic.make(shape.inputs * shape.paddedPlane);
    for (let b = 0; b < shape.batch; b++) {
      fillPadded(padded, x!, launch.offsets[2]! + b * shape.inputs * shape.xPlane, shape);
      const image = dense(arithmetic, dy!, launch.offsets[1]! + b * shape.outputs * yPlane, shape.outputs * yPlane);
      for (let o = 0; o < shape.outputs; o++) {
        const group = Math.floor(o / outputsPerGroup);
        for (let c = 0; c < inputsPerGroup; c++) {
          const plane = (group * inputsPerGroup + c) * shape.paddedPlane;
          const place = (o * inputsPerGroup + c) * taps.length;
          arithmetic.dot(sums, place, padded, plane, shape.bases, taps, image, o * yPlane);
        }
      }
    }
    dw!.set(stored(kernel.dtype, sums, sums.length), launch.offsets[0]!);
  };
}

const operands = (kernel: ConvKernel, launch: Launch): DataArray[] =>
  [0, 1, 2].map((i) => (launch.blocks[i] as ReferenceBlock).as(kernel.dtype));

/** A copy in the array that the arithmetic computes with. */
function dense(arithmetic: Arithmetic, source: DataArray, offset: number, length: number): Plane {
  const copy = arithmetic.make(length);
  copy.set(source.subarray(offset, offset + length));
  return copy;
}

/** Copies all channels of an image between the zeros around it. */
function fillPadded(padded: Plane, x: DataArray, offset: number, shape: Shape): void {
  for (let c = 0; c < shape.inputs; c++) {
    const from = offset + c * shape.xPlane;
    const to = c * shape.paddedPlane;
    shape.eachRow((at, place, length) => padded.set(x.subarray(from + at, from + at + length), to + place));
  }
}

function shapeOf(kernel: ConvKernel, launch: Launch): Shape {
  const { batch, groups, inputs, outputs, axes } = convShape(kernel, launch.geometry!);
  const paddedSizes = axes.map(({ x, before, after }) => x + before + after);
  const pitches = denseStrides(paddedSizes);
  const corner = axes.reduce((sum, { before }, d) => sum + before * pitches[d]!, 0);
  const xSizes = axes.map(({ x }) => x);
  const ySizes = axes.map(({ y }) => y);
  const wSizes = axes.map(({ w }) => w);
  const times = (name: 'stride' | 'dilation'): number[] => pitches.map((pitch, d) => pitch * axes[d]![name]);
  return {
    batch,
    inputs: groups * inputs,
    outputs: groups * outputs,
    inputsPerGroup: inputs,
    outputsPerGroup: outputs,
    xPlane: product(xSizes),
    yPlane: product(ySizes),
    paddedPlane: product(paddedSizes),
    bases: positions(ySizes, times('stride')),
    taps: positions(wSizes, times('dilation')),
    eachRow: (visit) => walk(xSizes, pitches, corner, 0, product(xSizes), visit),
  };
}

/** Addresses of all members of a box. */
function positions(sizes: readonly number[], strides: readonly number[]): Int32Array {
  const found = new Int32Array(product(sizes));
  walk(sizes, strides, 0, 0, found.length, (at, address, length, stride) => {
    for (let i = 0; i < length; i++) found[at + i] = address + i * stride;
  });
  return found;
}
