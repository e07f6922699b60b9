/**
 * Graph ops: the dozen words in which everything is said. An Op is interned by whoever defines it (module load, or a small cache by attributes), so that
 * a plan is found by pointer. Attributes are read when a plan is made and by gradient rules, never on the hot path.
 */
import type { Combine, DType, Expression } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import type { Layout } from './layout.ts';
import type { Node } from './node.ts';
import type { Plan } from './plan.ts';

/** What a `map` computes for operands of these layouts: one expression an output, over `input(j)` and `scalar(k)`. */
export interface MapBuild {
  readonly outputs: readonly { readonly dtype: DType; readonly expression: Expression }[];
  /** Run-time numbers that it reads. */
  readonly scalars: number;
}

export interface MapAttributes {
  readonly build: (inputs: readonly Layout[]) => MapBuild;
  /** Input 0 is the target: its old value may be read, its dtype and shape stay, and no new tensor is made. */
  readonly inPlace: boolean;
}

export interface ReduceBuild {
  readonly dtype: DType;
  readonly combine: Combine | 'argmax' | 'argmin';
  /** Over the inputs, broadcast together. */
  readonly body: Expression;
  /** Over `input(0)`, the combined value. */
  readonly epilogue: Expression;
  readonly scalars: number;
}

export interface ReduceAttributes {
  readonly build: (inputs: readonly Layout[]) => ReduceBuild;
  /** Ascending, from 0, of the broadcast shape. */
  readonly dims: readonly number[];
  readonly keepdim: boolean;
  /** Of a product: for each element the product of the others along the dimensions, which its gradient reads. */
  readonly others?: ((x: Tensor, dims: readonly number[]) => Tensor) | undefined;
}

export interface MatmulAttributes {
  /** `left @ right`, or with a third input: plus it, times run-time scalars 1 (it) and 0 (the product) if `scaled`. */
  readonly addend: 'none' | 'plain' | 'scaled';
  /** The operand enters with its last two dimensions exchanged; false. */
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
}

/**
 * A convolution over the dimensions after [batch, channel], in one of three roles. Operands and result: x, w → y (a third input is a bias, one value a
 * channel); dy, w → dx; dy, x → dw. All are dense.
 */
export interface ConvAttributes {
  readonly role: 'forward' | 'inputGradient' | 'weightGradient';
  readonly geometry: ConvGeometry;
  /** Sizes of the result along the axes; null: as many positions as fit (forward alone). */
  readonly size: readonly number[] | null;
}

/** How the weight moves over x, by axis: steps, zeros before and after x, distance of the weight's elements. */
export interface ConvGeometry {
  readonly stride: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly dilation: readonly number[];
  /** Channels of x and of y fall into this many groups, which don't see each other. */
  readonly groups: number;
}

/**
 * Which elements of the indexed tensor index tensors select. 'outer' (advanced indexing): the indices, broadcast together, replace the dimensions `dims`,
 * their shape standing at position `at` of the others. 'aligned' (torch.gather): the index runs over dimension `dims[0]` and is aligned with the others.
 */
export interface IndexAttributes {
  readonly form: 'outer' | 'aligned';
  readonly dims: readonly number[];
  readonly at: number;
}

export interface ScatterAttributes extends IndexAttributes {
  readonly combine: Combine | 'replace';
  /** In place on input 0. */
  readonly inPlace: boolean;
  /** Of a product or an extreme, whose gradients read everything: gradient j, in the index's shape if j is 1. */
  readonly gradient?: ScatterGradient | undefined;
}

export type ScatterGradient = (
  attributes: ScatterAttributes,
  j: 0 | 1,
  g: Tensor,
  operands: {
    readonly base: Tensor;
    readonly values: Tensor;
    readonly result: Tensor;
    readonly indices: readonly Tensor[];
  },
) => Tensor;

export interface ScanAttributes {
  readonly dim: number;
  readonly combine: Combine;
  readonly reverse: boolean;
  readonly indices: boolean;
}

export interface SortAttributes {
  readonly dim: number;
  readonly descending: boolean;
}

/** A few dependent reductions and maps over the last dimension. */
export interface RowsBuild {
  readonly reductions: readonly { readonly combine: Combine; readonly body: Expression }[];
  readonly outputs: readonly { readonly dtype: DType; readonly expression: Expression; readonly perRow: boolean }[];
  readonly scalars: number;
}

export interface RowsAttributes {
  readonly build: (inputs: readonly Layout[]) => RowsBuild;
  /** Gradient of input j: again rows, over (output, gradient, inputs …) or (gradient, inputs …); null where only the generic derivation is known. */
  readonly gradient: ((j: number) => RowsGradient | null) | null;
}

export interface RowsGradient {
  /** Operands in order: the op's first output, the incoming gradient, an input by its number. */
  readonly operands: readonly ('output' | 'gradient' | number)[];
  readonly op: Op;
}

/** How a view lies in its source; what its gradient rule needs to know. */
export type ViewAttributes =
  | { readonly view: 'reshape' }
  | { readonly view: 'expand' }
  | { readonly view: 'permute'; readonly order: readonly number[] }
  | { readonly view: 'slice'; readonly dim: number; readonly start: number; readonly step: number }
  | { readonly view: 'flip'; readonly dims: readonly number[] }
  /** Any other: shape, strides and offset over the source's own strided memory. */
  | { readonly view: 'strided'; readonly offset: number };

/** A region of input 0 was replaced by input 1. Never launched itself: it is how an in-place change of a view enters its base's provenance. */
export interface WriteAttributes {
  /** Strides of the region, whose shape is input 1's, and where it starts, in the base's memory. */
  readonly strides: readonly number[];
  readonly offset: number;
  /** Nothing tracked lay under the region, so the gradient of input 0 need not be cleared there (cat, pad). */
  readonly fresh: boolean;
}

export interface CustomAttributes {
  /** Gradients of all inputs from those of all outputs, and what runs it. Owned by autograd. */
  readonly backward: unknown;
  readonly run: unknown;
}

export interface AttributesOf {
  leaf: null;
  map: MapAttributes;
  reduce: ReduceAttributes;
  rows: RowsAttributes;
  matmul: MatmulAttributes;
  conv: ConvAttributes;
  gather: IndexAttributes;
  scatter: ScatterAttributes;
  scan: ScanAttributes;
  sort: SortAttributes;
  view: ViewAttributes;
  write: WriteAttributes;
  custom: CustomAttributes;
  /** Several launches under one node. */
  composite: null;
}

export type OpKind = keyof AttributesOf;

/** Kinds that few programs use: an op of theirs brings what plans and differentiates it, so that no other program's bundle carries that. */
export type OwnKind = 'conv' | 'scan' | 'sort' | 'composite';
export type CommonKind = Exclude<OpKind, OwnKind>;

/** How an op gets its plans and gradients, where it isn't as all of its kind do. */
export interface Own {
  readonly plan: (op: never, inputs: readonly Layout[]) => Plan;
  readonly rule: Rule<OwnKind>;
}

/** A gradient rule: made of ops that have rules, so second derivatives work. */
export interface Rule<_K extends OpKind> {
  /** Values that gradient j reads: bit k input k, bit 30 the output. */
  readonly needs: (plan: Plan, j: number) => number;
  /**
   * Gradient of input j; null where none flows. The caller keeps `g`; the result is the caller's too, and may be `g` itself. `spare`: nobody reads `g` any more, and the
   * result may take its memory.
   */
  readonly apply: (node: Node, j: number, g: Tensor, spare: boolean) => Tensor | null;
  /**
   * Adds the gradient of input j to `sum`, what that input has got so far, in place: for gradients that touch a part of it. False if it is left to `apply`. Only asked
   * where `sum` is dense, nobody else's, and nothing is tracked.
   */
  readonly addTo?: (node: Node, j: number, g: Tensor, sum: Tensor) => boolean;
}

export class Op<K extends OpKind = OpKind> {
  readonly kind: K;
  /** The public op, for errors, `gradFn` and traces. */
  readonly name: string;
  readonly attributes: AttributesOf[K];
  /** The name under which PyTorch's `grad_fn` knows it, where that is another: `MmBackward0` for a matmul of matrices. */
  readonly gradName: string | null;
  /** Null: planned and differentiated as all of its kind are. */
  readonly own: Own | null;
  /** Plans of this op: a short chain, then a map by hash. */
  plans: Plan | null = null;
  count = 0;
  #more: Map<number, Plan> | null = null;

  constructor(kind: K & CommonKind, name: string, attributes: AttributesOf[K], gradName?: string | null);
  constructor(kind: K & OwnKind, name: string, attributes: AttributesOf[K], gradName: string | null, own: Own);
  constructor(
    kind: K,
    name: string,
    attributes: AttributesOf[K],
    gradName: string | null = null,
    own: Own | null = null,
  ) {
    this.kind = kind;
    this.name = name;
    this.attributes = attributes;
    this.gradName = gradName;
    this.own = own;
  }

  /** Plans beyond the chain. Made when first needed: each view has an op of its own, and no plans. */
  get more(): Map<number, Plan> {
    this.#more ??= new Map();
    return this.#more;
  }
}

/** Narrows an op to its kind. */
export const isKind = <K extends OpKind>(op: Op, kind: K): op is Op<K> => op.kind === kind;
