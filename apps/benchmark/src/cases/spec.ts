/**
 * What is measured, as data: a spec says which computation, the same for us and for every peer, whatever language it is written in. Knows no library.
 * What each kind computes and which numbers come out is on this page; `numbers.ts` makes the inputs.
 */

/** a (m, k) @ b (k, n). A transposed operand is stored the other way round and viewed, so that its memory is (k, m) or (n, k). */
export interface MatmulSpec {
  readonly kind: 'matmul';
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** The same product in five ways: loops over elements, a row times a column, a row against the matrix, einsum, matmul. */
export interface LadderSpec {
  readonly kind: 'ladder';
  readonly rung: 'loops' | 'rows' | 'broadcast' | 'einsum' | 'matmul';
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** exp of, or sum of, `size` numbers. */
export interface VectorSpec {
  readonly kind: 'exp' | 'sum';
  readonly size: number;
}

/** Softmax of rows, a row added to all rows, or a transposed copy, of (rows, columns). */
export interface MatrixSpec {
  readonly kind: 'softmax' | 'broadcastAdd' | 'transposeCopy';
  readonly rows: number;
  readonly columns: number;
}

/** The sum of two vectors so small that only the library's own work counts. */
export interface TinySpec {
  readonly kind: 'tinyAdd';
  readonly size: number;
}

/** z ← z + v (or z ← z · w, w the tracked leaf), `length` times from z = w, then sum and gradient of w. */
export interface ChainSpec {
  readonly kind: 'chain';
  readonly op: 'add' | 'mul';
  readonly length: number;
  readonly size: number;
}

/** One step of linear layers with relu between them: cross entropy, gradients, update (SGD at 0.5, Adam at 0.001). */
export interface MlpSpec {
  readonly kind: 'mlp';
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly optimizer: 'sgd' | 'adam';
}

/** mean((relu(x w1) w2 − t)²) and the gradients of w1 (inputs, hidden) and w2 (hidden, 1). */
export interface FullBatchSpec {
  readonly kind: 'fullBatch';
  readonly rows: number;
  readonly inputs: number;
  readonly hidden: number;
}

/** One step on 28 × 28: conv 3 × 3 to 16, relu, pool 2, conv 3 × 3 to 32, relu, pool 2, linear to 10; Adam at 0.001. */
export interface CnnSpec {
  readonly kind: 'cnn';
  readonly batch: number;
}

/** One step of a GPT: pre-norm blocks, causal attention, gelu, linear head without bias; AdamW at 0.0003. */
export interface GptSpec {
  readonly kind: 'gpt';
  readonly vocabulary: number;
  readonly block: number;
  readonly batch: number;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
}

export type TrainingSpec = MlpSpec | CnnSpec | GptSpec;

export type Spec =
  | MatmulSpec
  | LadderSpec
  | VectorSpec
  | MatrixSpec
  | TinySpec
  | ChainSpec
  | FullBatchSpec
  | TrainingSpec;

export type SpecKind = Spec['kind'];

/** The spec of a kind. */
export type SpecOf<K extends SpecKind> = Extract<Spec, { readonly kind: K }>;

/** Learning rates, the same for everybody. */
export const rates = { sgd: 0.5, adam: 1e-3, adamw: 3e-4 } as const;

/** How many batches a training case goes around. */
export const batchCount = 4;

/** Where in a flat result of this size the numbers lie that players compare. */
export const probes = (size: number): readonly number[] => [0, Math.floor(size / 2), size - 1];
