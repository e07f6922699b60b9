/**
 * The element types of tensors, and what each of them computes in. int64 is a type for promotion, printing and files;
 * its elements are stored and computed as 32-bit integers (values outside that range are refused when they come in).
 * float16 is a type of storage: loading an element is exact, storing one rounds to nearest (ties to even, beyond 65504 to ±inf).
 */

/** Element type of a tensor, by PyTorch's names. */
export type DType = 'float16' | 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool';

/** Type of a value inside a scalar expression. */
export type ScalarType = 'f32' | 'f64' | 'i32' | 'u32' | 'bool';

/** Arrays in which elements leave and enter a backend. int32 and int64 share one, bool and uint8 another, float16 (rounded by the backend) and float32 a third. */
export type DataArray = Float32Array | Float64Array | Int32Array | Uint8Array;

interface DTypeRow {
  /** What an expression computes in after loading an element. */
  readonly scalar: ScalarType;
  /** PyTorch's promotion category; a higher one wins over a wider type of a lower one. */
  readonly category: 'bool' | 'integer' | 'float';
  /** Order of promotion. */
  readonly rank: number;
  /** Bytes of one element in `array`. */
  readonly bytes: number;
  readonly array: new (source: number | ArrayLike<number>) => DataArray;
}

/** One row a dtype; everything that depends on a dtype is asked of it. */
export const dtypes: { readonly [D in DType]: DTypeRow } = {
  bool: { scalar: 'bool', category: 'bool', rank: 0, bytes: 1, array: Uint8Array },
  uint8: { scalar: 'i32', category: 'integer', rank: 1, bytes: 1, array: Uint8Array },
  int32: { scalar: 'i32', category: 'integer', rank: 2, bytes: 4, array: Int32Array },
  int64: { scalar: 'i32', category: 'integer', rank: 3, bytes: 4, array: Int32Array },
  float16: { scalar: 'f32', category: 'float', rank: 4, bytes: 4, array: Float32Array },
  float32: { scalar: 'f32', category: 'float', rank: 5, bytes: 4, array: Float32Array },
  float64: { scalar: 'f64', category: 'float', rank: 6, bytes: 8, array: Float64Array },
};

export const isFloat = (dtype: DType): boolean => dtypes[dtype].category === 'float';

export const isFloatScalar = (type: ScalarType): boolean => type === 'f32' || type === 'f64';
