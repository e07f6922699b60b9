/** Sequences of different lengths in one tensor, and out of it. */
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { full, type Scalar, type Shape, type ShapeOf, Tensor } from '@nn/tensor';
import {
  assign,
  checkNamed,
  clone,
  readSync,
  reshape,
  sameNumbers,
  shapeText,
  sizesOf,
  slice,
  stridedView,
  withTracking,
} from '@nn/tensor/internal';
import { listed } from '../module/listed.ts';

export interface PadSequenceOptions<F extends boolean = boolean> {
  /** Whether the batch comes first, (N, T, …), instead of (T, N, …); false. */
  readonly batchFirst?: F | undefined;
  /** What stands where a sequence is over; 0. */
  readonly paddingValue?: number | boolean | bigint | Scalar | undefined;
  /** At which end of the shorter ones it stands; 'right'. */
  readonly paddingSide?: 'left' | 'right' | undefined;
}

export interface UnpadSequenceOptions {
  /** Whether the batch comes first, (N, T, …), instead of (T, N, …); false. */
  readonly batchFirst?: boolean | undefined;
}

/** (T, N, …) or (N, T, …) for sequences (L, …). */
type Padded<T extends readonly Tensor[], F> =
  ShapeOf<T[0]> extends readonly [number, ...infer R extends readonly number[]]
    ? F extends true
      ? [T['length'], number, ...R]
      : [number, T['length'], ...R]
    : Shape;

/** (L, …) for (T, N, …). */
type Unpadded<A extends Tensor> =
  ShapeOf<A> extends readonly [number, number, ...infer R extends readonly number[]] ? [number, ...R] : Shape;

const padWrite = { fresh: true, name: 'padSequence' };

function checkSequences(sequences: readonly Tensor[]): void {
  const op = 'padSequence';
  if (sequences.length === 0) throw new ValueError(op, 'got an empty list; give one sequence at least');
  const [first] = sequences as readonly [Tensor, ...Tensor[]];
  sequences.forEach((sequence, i) => {
    const shape = sizesOf(op, sequence);
    if (shape.length === 0)
      throw new ShapeError(op, `sequence ${i} is a tensor without dimensions; the first dimension is its length`);
    if (!sameNumbers(shape.slice(1), first.layout.shape.slice(1)))
      throw new ShapeError(
        op,
        `sequence ${i} is ${shapeText(shape)}, the first ${shapeText(first.layout.shape)}; only lengths, the first sizes, may differ`,
      );
    if (sequence.dtype !== first.dtype)
      throw new DTypeError(
        op,
        `sequence ${i} is ${sequence.dtype}, the first ${first.dtype}; convert with .to('${first.dtype}')`,
      );
  });
}

/**
 * Sequences (L, …) of different lengths as one tensor (T, N, …), or (N, T, …) with `batchFirst`: T is the longest length, and a value stands where the others are over. Differentiable. PyTorch:
 * `torch.nn.utils.rnn.pad_sequence`, which takes other dtypes and sizes that broadcast without a word.
 * @throws ValueError for an empty list, ShapeError and DTypeError for sequences that differ in more than their length
 * @example
 * ```ts
 * import { padSequence } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const sequences = [tensor([1, 2, 3]), tensor([4]), tensor([5, 6])];
 * console.log(await padSequence(sequences, { batchFirst: true }).toArray());
 * // prints: [ [ 1, 2, 3 ], [ 4, 0, 0 ], [ 5, 6, 0 ] ]
 * ```
 */
export function padSequence<const T extends readonly Tensor[], const F extends boolean = false>(
  sequences: T,
  options: PadSequenceOptions<F> = {},
): Tensor<Padded<T, F>, T[number]['dtype']> {
  const { batchFirst = false, paddingValue = 0, paddingSide = 'right' } = checkNamed('padSequence', options);
  if (paddingSide !== 'left' && paddingSide !== 'right')
    throw new ValueError('padSequence', `paddingSide must be 'left' or 'right', got ${String(paddingSide)}`);
  const all = listed<Tensor>('padSequence', sequences);
  checkSequences(all);
  const { dtype, backend, layout } = all[0]!;
  const lengths = all.map((sequence) => sequence.layout.shape[0]!);
  const longest = Math.max(...lengths);
  const sizes = batchFirst ? [all.length, longest] : [longest, all.length];
  const room = full([...sizes, ...layout.shape.slice(1)], paddingValue as number, { dtype, backend }) as Tensor;
  const [time, batch] = batchFirst ? [1, 0] : [0, 1];
  const { strides } = room.layout;
  all.forEach((sequence, i) => {
    const { shape, size } = sequence.layout;
    const before = paddingSide === 'left' ? longest - lengths[i]! : 0;
    const start = size === 0 ? 0 : i * strides[batch]! + before * strides[time]!;
    // A region has no history of its own: what it holds comes with the write.
    const region = withTracking(false, () => stridedView(room, shape, [strides[time]!, ...strides.slice(2)], start));
    assign(region, sequence, padWrite);
    region.dispose();
  });
  return room as never;
}

/**
 * The sequences of a padded tensor (T, N, …), or (N, T, …) with `batchFirst`: copies of the first `lengths[i]` elements of each. Differentiable. A tensor of lengths is read, which WebGPU can't
 * do without waiting: give `await lengths.toArray()` there. PyTorch: `torch.nn.utils.rnn.unpad_sequence`, which cuts lengths and their number to what there is.
 * @throws ShapeError unless there is a length for each sequence, ValueError for one that is none from 0 to T
 * @example
 * ```ts
 * import { unpadSequence } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const padded = tensor([[1, 2, 3], [4, 0, 0]]);
 * for (const sequence of unpadSequence(padded, [3, 1], { batchFirst: true })) console.log(await sequence.toArray());
 * // prints:
 * // [ 1, 2, 3 ]
 * // [ 4 ]
 * ```
 */
export function unpadSequence<A extends Tensor>(
  paddedSequences: A,
  lengths: readonly number[] | Tensor,
  options: UnpadSequenceOptions = {},
): Tensor<Unpadded<A>, A['dtype']>[] {
  const op = 'unpadSequence';
  const { batchFirst = false } = checkNamed(op, options);
  const shape = sizesOf(op, paddedSequences);
  if (shape.length < 2)
    throw new ShapeError(op, `got ${shapeText(shape)}; a padded tensor has a dimension for time and one for the batch`);
  const [time, batch] = batchFirst ? [1, 0] : [0, 1];
  const own = lengths instanceof Tensor ? [...readSync(lengths, op)] : listed(op, lengths);
  if (own.length !== shape[batch])
    throw new ShapeError(op, `got ${own.length} lengths for a batch of ${shape[batch]}; give one for each sequence`);
  return own.map((length, i) => {
    if (!(Number.isInteger(length) && length >= 0 && length <= shape[time]!))
      throw new ValueError(op, `length ${i} is ${String(length)}; it must be a whole number from 0 to ${shape[time]}`);
    const whole = slice(paddedSequences, batch, i, 1);
    const part = slice(whole, time, 0, length);
    const row = reshape(part, [length, ...shape.slice(2)]);
    const out = clone(row);
    for (const t of [whole, part, row]) t.dispose();
    return out as never;
  });
}
