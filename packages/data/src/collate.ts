/** Samples into batches. */
import { ShapeError, ValueError } from '@nn/backend';
import { stack, Tensor, tensor } from '@nn/tensor';
import { lengthOf } from './sized.ts';

/** What the default collation makes of samples of a type. */
export type Collated<S> = S extends Tensor
  ? Tensor
  : S extends number | bigint | boolean
    ? Tensor
    : S extends string
      ? string[]
      : S extends readonly unknown[]
        ? { -readonly [K in keyof S]: Collated<S[K]> }
        : S extends object
          ? { [K in keyof S]: Collated<S[K]> }
          : S[];

/**
 * Batches as PyTorch's `default_collate` makes them: tensors are stacked, numbers become tensors (whole ones int64, others float64, booleans bool), strings stay a list, and tuples and
 * objects are collated entry by entry.
 * @example
 * ```ts
 * import { defaultCollate } from '@nn/data';
 * import { tensor } from '@nn/tensor';
 * const [x, y] = defaultCollate([[tensor([1, 2]), 0], [tensor([3, 4]), 1]] as const);
 * console.log(x.shape, y.dtype); // prints: [ 2, 2 ] int64
 * ```
 */
export function defaultCollate<S>(samples: readonly S[]): Collated<S> {
  lengthOf('defaultCollate', samples);
  return collate(samples) as Collated<S>;
}

function collate(samples: readonly unknown[]): unknown {
  const [first] = samples;
  if (first === undefined) throw new ValueError('defaultCollate', 'there are no samples, or they are undefined');
  if (first instanceof Tensor) return stack(samples as readonly Tensor[] as [Tensor, ...Tensor[]]);
  switch (typeof first) {
    case 'number': {
      const dtype = (samples as number[]).every(Number.isInteger) ? 'int64' : 'float64';
      return tensor(samples as number[], { dtype });
    }
    case 'bigint':
      return tensor(samples as bigint[], { dtype: 'int64' });
    case 'boolean':
      return tensor(samples as boolean[], { dtype: 'bool' });
    case 'string':
      return [...samples];
    case 'object':
      return first === null ? refuse(first) : collateObject(first, samples as readonly object[]);
    default:
      return refuse(first);
  }
}

function collateObject(first: object, samples: readonly object[]): unknown {
  if (ArrayBuffer.isView(first))
    return stack(samples.map((s) => tensor(s as Float32Array)) as unknown as [Tensor, ...Tensor[]]);
  const part = (key: string | number): unknown =>
    collate(samples.map((s) => (s as Record<string | number, unknown>)[key]));
  if (!Array.isArray(first)) return Object.fromEntries(Object.keys(first).map((key) => [key, part(key)]));
  const odd = samples.findIndex((s) => (s as unknown[]).length !== first.length);
  if (odd >= 0)
    throw new ShapeError(
      'defaultCollate',
      `sample 0 has ${first.length} entries, sample ${odd} has ${(samples[odd] as unknown[]).length}; pass a collate function of your own`,
    );
  return first.map((_, i) => part(i));
}

function refuse(sample: unknown): never {
  throw new ValueError(
    'defaultCollate',
    `can't batch ${String(sample)} (${typeof sample}); samples may be tensors, numbers, booleans, strings, and tuples and objects of those; else pass { collate }`,
  );
}
