/** The free functions under test, declared as the library declares its own. */
import type {
  ArangeFunction,
  CreationFunction,
  EyeFunction,
  FullFunction,
  LikeFunction,
  TensorFunction,
} from './creation-signatures.test-d.ts';
import type {
  AddFunction,
  ArgFunction,
  BinaryFunction,
  CatFunction,
  ComparisonFunction,
  CrossEntropyFunction,
  CumulativeFunction,
  DivFunction,
  EinsumFunction,
  ExtremeFunction,
  FloatFunction,
  FloatReduceFunction,
  LinearFunctionSignature,
  MatMulFunction,
  MeanFunction,
  PredicateFunction,
  ReduceFunction,
  SoftmaxFunction,
  StackFunction,
  SumFunction,
  TruthFunction,
  UnaryFunction,
  WhereFunction,
} from './signatures.test-d.ts';

export declare const add: AddFunction<'add'>;
export declare const mul: BinaryFunction<'mul'>;
export declare const div: DivFunction;
export declare const pow: BinaryFunction<'pow'>;
export declare const gt: ComparisonFunction<'gt'>;
export declare const where: WhereFunction;
export declare const relu: UnaryFunction;
export declare const exp: FloatFunction;
export declare const isnan: PredicateFunction;
export declare const softmax: SoftmaxFunction<'softmax'>;
export declare const cumsum: CumulativeFunction<'cumsum'>;
export declare const sum: SumFunction<'sum'>;
export declare const mean: MeanFunction<'mean'>;
export declare const amax: ReduceFunction<'amax'>;
export declare const logsumexp: FloatReduceFunction<'logsumexp'>;
export declare const std: FloatReduceFunction<'std', { correction?: number }>;
export declare const all: TruthFunction<'all'>;
export declare const argmax: ArgFunction<'argmax'>;
export declare const max: ExtremeFunction<'max'>;
export declare const matmul: MatMulFunction;
export declare const cat: CatFunction;
export declare const stack: StackFunction;
export declare const einsum: EinsumFunction;
export declare const linear: LinearFunctionSignature;
export declare const crossEntropy: CrossEntropyFunction;
export declare const randn: CreationFunction;
export declare const zeros: CreationFunction;
export declare const full: FullFunction;
export declare const zerosLike: LikeFunction;
export declare const eye: EyeFunction;
export declare const arange: ArangeFunction;
export declare const tensor: TensorFunction;
export declare function float(value: number): { readonly value: number; readonly category: 'float' };
