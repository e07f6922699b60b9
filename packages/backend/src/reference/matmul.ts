/**
 * The `matmul` kind: panels of the right operand and rows of the left one are copied into dense double arrays (32-bit integers for integer dtypes),
 * so one inner loop serves every layout and dtype. Sums take four members of k at a time, whatever m and n are.
 */
import type { Launch } from '../backend.ts';
import { type DataArray, isFloat } from '../dtype.ts';
import type { MatmulKernel } from '../kernel.ts';
import { product } from '../strides.ts';
import { Evaluator } from './evaluator.ts';
import { stored } from './half.ts';
import { load, type ReferenceBlock, store, walk } from './walk.ts';

/** Columns of the right operand that are packed at a time; at most the evaluator's block. */
const panelWidth = 256;

type Dense = Float64Array | Int32Array;

export function compileMatmul(kernel: MatmulKernel): (launch: Launch) => void {
  const epilogue = new Evaluator([kernel.epilogue]);
  const sumRegister = epilogue.inputs.get(0);
  const float = isFloat(kernel.dtype);
  const make = (n: number): Dense => (float ? new Float64Array(n) : new Int32Array(n));
  const multiply = (float ? multiplyFloats : multiplyIntegers) as typeof multiplyFloats;
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const { rank } = kernel;
    const [m, n, k] = sizes.slice(rank) as [number, number, number];
    const result = [...sizes.slice(0, rank), m, n];
    const batches = product(sizes.slice(0, rank));
    const width = Math.min(n, panelWidth);
    const sums = make(width);
    const row = make(k);
    const panel = make(k * width);
    const [target, left, right] = [0, 1, 2].map((i) => (launch.blocks[i] as ReferenceBlock).as(kernel.dtype));
    epilogue.prepare(width, launch.scalars);
    const finish = (start: number, length: number): void => {
      if (sumRegister !== undefined) for (let j = 0; j < length; j++) sumRegister[j] = sums[j]!;
      for (const [i, register] of epilogue.inputs) {
        if (i === 0) continue;
        const extra = (launch.blocks[i + 2] as ReferenceBlock).as(kernel.extras[i - 1]!.dtype);
        load(register, extra, result, strides[i + 2]!, launch.offsets[i + 2]!, start, length);
      }
      epilogue.run(length, start);
      const values = stored(kernel.dtype, epilogue.outputs[0]!, length);
      store(target!, values, result, strides[0]!, launch.offsets[0]!, start, length);
    };
    if (m === 0) return;
    for (let b = 0; b < batches; b++) {
      const leftStart = address(sizes, strides[1]!, launch.offsets[1]!, rank, b);
      const rightStart = address(sizes, strides[2]!, launch.offsets[2]!, rank, b);
      for (let from = 0; from < n; from += panelWidth) {
        const length = Math.min(panelWidth, n - from);
        const [down, across] = strides[2]!.slice(rank) as [number, number];
        copy(panel, right!, [k, length], [down, across], rightStart + from * across);
        for (let i = 0; i < m; i++) {
          const [rowStride, step] = strides[1]!.slice(rank) as [number, number];
          copy(row, left!, [1, k], [0, step], leftStart + i * rowStride);
          sums.fill(0);
          multiply(row as Float64Array, panel as Float64Array, sums as Float64Array, k, length);
          finish((b * m + i) * n + from, length);
        }
      }
    }
  };
}

/** Where batch number b of an operand starts. */
function address(
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
  rank: number,
  b: number,
): number {
  let found = offset;
  for (let d = rank - 1, rest = b; d >= 0; d--) {
    found += (rest % sizes[d]!) * strides[d]!;
    rest = Math.floor(rest / sizes[d]!);
  }
  return found;
}

/** Copies a matrix into dense rows. */
function copy(
  target: Dense,
  source: DataArray,
  sizes: readonly [number, number],
  strides: readonly [number, number],
  offset: number,
): void {
  walk(sizes, strides, offset, 0, sizes[0] * sizes[1], (at, address, length, stride) => {
    if (stride === 1) target.set(source.subarray(address, address + length), at);
    else for (let i = 0, p = address; i < length; i++, p += stride) target[at + i] = source[p]!;
  });
}

function multiplyFloats(row: Float64Array, panel: Float64Array, sums: Float64Array, k: number, n: number): void {
  let r = 0;
  for (; r + 3 < k; r += 4) {
    const a = row[r]!;
    const b = row[r + 1]!;
    const c = row[r + 2]!;
    const d = row[r + 3]!;
    const p = r * n;
    const q = p + n;
    const s = q + n;
    const t = s + n;
    for (let j = 0; j < n; j++)
      sums[j] = sums[j]! + (a * panel[p + j]! + b * panel[q + j]! + c * panel[s + j]! + d * panel[t + j]!);
  }
  for (; r < k; r++) {
    const a = row[r]!;
    for (let j = 0, p = r * n; j < n; j++, p++) sums[j] = sums[j]! + a * panel[p]!;
  }
}

function multiplyIntegers(row: Int32Array, panel: Int32Array, sums: Int32Array, k: number, n: number): void {
  for (let r = 0; r < k; r++) {
    const a = row[r]!;
    for (let j = 0, p = r * n; j < n; j++, p++) sums[j] = (sums[j]! + Math.imul(a, panel[p]!)) | 0;
  }
}
