/**
 * Parameters: tensors that modules find in their fields and that optimisers change. Knows nothing of modules. A parameter keeps its identity for
 * life: new values, another dtype or another backend only exchange the memory under it.
 */
import { type DType, DTypeError, isFloat } from '@nn/backend';
import { type Shape, Tensor } from '@nn/tensor';
import { Node, Plan, release, share, sizesOf } from '@nn/tensor/internal';

export interface ParameterOptions {
  /** Whether gradients are collected for it; true. */
  readonly requiresGrad?: boolean | undefined;
}

/** Puts the memory, shape and dtype of one tensor under another, which keeps its identity, hooks and place for the gradient. */
export function adopt(target: Tensor, source: Tensor): void {
  const storage = share(source.storage);
  release(target.storage);
  target.storage = storage;
  target.layout = source.layout;
  target.start = source.start;
  target.base = null;
  if (target.node === null) return;
  const leaf = new Node(new Plan(target.node.plan.op, [], [source.layout]), null, null, null, []);
  leaf.extra = target.node.extra;
  target.node = leaf;
}

/**
 * A tensor that belongs to a module: assigned to a field, it is among `module.parameters()`. Shares the memory of the tensor it is made from.
 * PyTorch: `torch.nn.Parameter`.
 * @throws AutogradError for anything but floats, unless `requiresGrad` is false
 * @example
 * ```ts
 * import { Module, Parameter } from '@nn/nn';
 * import { ones, type Tensor } from '@nn/tensor';
 * class Scale extends Module {
 *   readonly factor = new Parameter(ones([1]));
 *   override forward(x: Tensor): Tensor {
 *     return x.mul(this.factor);
 *   }
 * }
 * console.log(new Scale().namedParameters().map(([name]) => name)); // prints: [ 'factor' ]
 * ```
 */
export class Parameter<out S extends Shape = Shape, out D extends DType = DType> extends Tensor<S, D> {
  constructor(data: Tensor<S, D>, options: ParameterOptions = {}) {
    sizesOf('Parameter', data);
    super(share(data.storage), data.layout, data.start);
    if (options.requiresGrad !== false) this.requiresGrad_();
  }

  /**
   * Other values, of any shape, under the same parameter; optimisers and modules that hold it go on. History doesn't come along, the gradient
   * stays. PyTorch: `p.data = t`.
   * @throws DTypeError for integers under a parameter that requires grad
   */
  setData(data: Tensor): this {
    if (this.requiresGrad && !isFloat(data.dtype))
      throw new DTypeError(
        'setData',
        `a parameter that requires grad can't be ${data.dtype}; call requiresGrad_(false) first`,
      );
    adopt(this as Tensor, data);
    return this;
  }

  override async repr(): Promise<string> {
    return containing(await super.repr());
  }

  override toString(): string {
    return containing(super.toString());
  }
}

const containing = (text: string): string => `Parameter containing:\n${text}`;

/** A parameter that takes the place of the tensor it is made from. */
export function ownParameter<S extends Shape, D extends DType>(data: Tensor<S, D>): Parameter<S, D> {
  const parameter = new Parameter(data);
  data.dispose();
  return parameter;
}
