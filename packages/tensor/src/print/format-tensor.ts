/**
 * A whole tensor as text, exactly as PyTorch 1.13 writes `repr(tensor)`: brackets, line breaks, summaries, suffixes.
 * Takes flat numbers and a shape; how numbers are written is element-format's matter, where they come from nobody's here.
 */
import { type DType, ShapeError } from '@nn/backend';
import { chooseElementFormat, type ElementFormat } from './element-format.ts';
import { getPrintOptions, type PrintOptions } from './print-options.ts';

/** What follows the elements, beside size and dtype, which print themselves where PyTorch prints them. */
export interface TensorSuffixes {
  /** `device='webgpu'`; given only for a tensor that isn't on the default device. */
  readonly device?: string | undefined;
  /** Name of the operation that made a tracked tensor: `AddBackward0` prints `grad_fn=<AddBackward0>`. */
  readonly gradFn?: string | undefined;
  /** `requires_grad=True`, where there is no `gradFn`. */
  readonly requiresGrad?: boolean | undefined;
}

/** What {@link formatTensor} prints. */
export interface PrintedTensor {
  /** The elements in row-major order, booleans as 0 and 1. Of a summarised tensor only the elements shown are read. */
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly suffixes?: TensorSuffixes | undefined;
  /** Default: {@link getPrintOptions}. */
  readonly options?: PrintOptions | undefined;
}

/** What is shown of one dimension: flat offsets of its items, and before which of them the `...` stands, if any. */
interface ShownAxis {
  readonly offsets: readonly number[];
  readonly gap: number | null;
}

const prefix = 'tensor(';

/**
 * The text of a tensor, equal to PyTorch's `repr(tensor)` (`dtype=torch.float64` included).
 *
 * More elements than `threshold` are summarised: of each dimension longer than twice `edgeItems` only its ends are read and
 * printed, and they alone decide notation and width. With `edgeItems` 0 such a dimension is `[...]`, as in later PyTorch
 * (1.13 prints a vector whole after its dots, and fails on more dimensions).
 *
 * @throws ShapeError when data doesn't have as many elements as the shape.
 */
export function formatTensor({
  data,
  shape,
  dtype,
  suffixes = {},
  options = getPrintOptions(),
}: PrintedTensor): string {
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw new ShapeError(
      'formatTensor',
      `shape (${shape.join(', ')}) has ${count} elements, data has ${data.length}; pass all elements in row-major order`,
    );
  }
  const contents = count === 0 ? '[]' : formatElements(data, shape, dtype, options);
  return appendSuffixes(prefix + contents, listSuffixes(shape, dtype, count, suffixes), options.lineWidth);
}

function formatElements(
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: DType,
  options: PrintOptions,
): string {
  const axes = shownAxes(shape, data.length > options.threshold ? options.edgeItems : Number.POSITIVE_INFINITY);
  const format = chooseElementFormat(shownElements(data, axes), dtype, options);
  return formatBlock(data, axes, format, options);
}

/** The items shown of each dimension, outermost first, as offsets into row-major data. */
function shownAxes(shape: readonly number[], edgeItems: number): readonly ShownAxis[] {
  const axes: ShownAxis[] = [];
  let stride = 1;
  for (const size of shape.toReversed()) {
    const isShortened = size > 2 * edgeItems;
    const offsets = Array.from({ length: isShortened ? 2 * edgeItems : size }, (_, item) => {
      const position = isShortened && item >= edgeItems ? size - 2 * edgeItems + item : item;
      return position * stride;
    });
    axes.unshift({ offsets, gap: isShortened ? edgeItems : null });
    stride *= size;
  }
  return axes;
}

/** The elements that will be printed, in order. */
function shownElements(data: ArrayLike<number>, axes: readonly ShownAxis[]): readonly number[] {
  let offsets: readonly number[] = [0];
  for (const axis of axes) offsets = offsets.flatMap((base) => axis.offsets.map((offset) => base + offset));
  return offsets.map((offset) => data[offset] as number);
}

/** Brackets within brackets: one line (broken at lineWidth) for the last dimension, one blank line more for each further one. */
function formatBlock(
  data: ArrayLike<number>,
  axes: readonly ShownAxis[],
  format: ElementFormat,
  { lineWidth, edgeItems }: PrintOptions,
): string {
  const write = (depth: number, base: number, indent: number): string => {
    const axis = axes[depth];
    if (axis === undefined) return format.text(data[base] as number);
    const items = axis.offsets.map((offset) => write(depth + 1, base + offset, indent + 1));
    const newline = `\n${' '.repeat(indent + 1)}`;
    if (depth < axes.length - 1) {
      if (axis.gap !== null) items.splice(axis.gap, 0, '...');
      return `[${items.join(`,${'\n'.repeat(axes.length - 2 - depth)}${newline}`)}]`;
    }
    // PyTorch sets the dots off by one more space, but for a row of nothing else.
    if (axis.gap !== null) items.splice(axis.gap, 0, edgeItems === 0 ? '...' : ' ...');
    const perLine = Math.max(1, Math.floor((lineWidth - indent) / (format.width + 2)));
    const lines: string[] = [];
    for (let start = 0; start < items.length; start += perLine) {
      lines.push(items.slice(start, start + perLine).join(', '));
    }
    return `[${lines.join(`,${newline}`)}]`;
  };
  return write(0, 0, prefix.length);
}

/** PyTorch's order: device, size, dtype, grad_fn or requires_grad. */
function listSuffixes(
  shape: readonly number[],
  dtype: DType,
  count: number,
  { device, gradFn, requiresGrad }: TensorSuffixes,
): readonly string[] {
  const list: string[] = [];
  if (device !== undefined) list.push(`device='${device}'`);
  // [] alone reads as size (0,): any other empty size has to be said, and so has a dtype that no
  // literal shows (4. is float32, 4 int64, True bool).
  if (count === 0 && shape.length !== 1) list.push(`size=(${shape.join(', ')})`);
  const isImplied = dtype === 'float32' || (count > 0 && (dtype === 'int64' || dtype === 'bool'));
  if (!isImplied) list.push(`dtype=torch.${dtype}`);
  if (gradFn !== undefined) list.push(`grad_fn=<${gradFn}>`);
  else if (requiresGrad) list.push('requires_grad=True');
  return list;
}

/** Suffixes follow on the last line while they fit, else on a line of their own under the elements. */
function appendSuffixes(body: string, suffixes: readonly string[], lineWidth: number): string {
  let text = body;
  // PyTorch counts two columns more than the last line has: room for the comma and the closing parenthesis.
  let column = body.length - (body.lastIndexOf('\n') + 1) + 2;
  for (const suffix of suffixes) {
    if (column + suffix.length + 2 > lineWidth) {
      text += `,\n${' '.repeat(prefix.length)}${suffix}`;
      column = prefix.length + suffix.length;
    } else {
      text += `, ${suffix}`;
      column += suffix.length + 2;
    }
  }
  return `${text})`;
}
