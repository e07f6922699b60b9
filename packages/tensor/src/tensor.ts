/**
 * The class Tensor: a typed handle on strided memory. Fields are in `core/tensor-core.ts`, methods by family in `methods/`, operations in `ops/`; what is here
 * belongs to no family: reading, printing, moving, tracking.
 */
import { AutogradError, type Backend, type DataArray, type DType, isFloat } from '@nn/backend';
import { fillInPlace } from './core/fill.ts';
import { checkNamed } from './core/named.ts';
import { type GradientHook, Node, Receiver } from './core/node.ts';
import { Op } from './core/op.ts';
import { Plan } from './core/plan.ts';
import { autograd, type BackwardOptions, factory, hasAutograd, untracked } from './core/state.ts';
import { makerOf } from './core/tensor-core.ts';
import { alias, nodeOf } from './core/view.ts';
import { checkGradient } from './given-gradient.ts';
import { outlive } from './memory/scope.ts';
import { LinalgMethods } from './methods/linalg.ts';
import { announceMissing } from './methods/missing.ts';
import type * as more from './methods/more/index.ts';
import { moveTo } from './move.ts';
import { describe, describeSync, formatSync, gradFnName } from './print.ts';
import { checkSingle, type Nested, nest, read, readSync } from './read.ts';
import type { Shape } from './types/index.ts';

const leafOp = new Op('leaf', 'leaf', null);
let hookIds = 0;

/** Methods that `@nn/tensor/methods` brings. */
// biome-ignore lint/correctness/noUnusedVariables: the parameters are those of the class, and no member may mention them
export interface Tensor<out S extends Shape = Shape, out D extends DType = DType>
  extends more.MoreBinaryMethods,
    more.MoreElementwiseMethods,
    more.MoreIndexMethods,
    more.MoreLinalgMethods,
    more.MoreOrderMethods,
    more.MoreRandomMethods,
    more.MoreReduceMethods,
    more.MoreShapeMethods,
    more.MoreStorageMethods,
    more.MoreUnaryMethods {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: what the interface declares and isn't imported throws an error that says so
export class Tensor<out S extends Shape = Shape, out D extends DType = DType> extends LinalgMethods<S, D> {
  /** The elements in row-major order; PyTorch: `t.numpy()`. int64 comes as Int32Array, bool as Uint8Array of 0 and 1. */
  data(): Promise<DataArray> {
    return read(this);
  }

  /** As `data()`, without waiting; a `BackendError` where the backend can't. */
  dataSync(): DataArray {
    return readSync(this);
  }

  /** Nested arrays of numbers (bools: booleans); PyTorch: `t.tolist()`. */
  async toArray(): Promise<Nested> {
    return nest(await read(this), this.layout.shape, this.dtype === 'bool');
  }

  /** As `toArray()`, without waiting; a `BackendError` where the backend can't. */
  toArraySync(): Nested {
    return nest(readSync(this, 'toArraySync'), this.layout.shape, this.dtype === 'bool');
  }

  /** The only element as a number, of a bool 1 or 0; PyTorch: `t.item()`. */
  async item(): Promise<number> {
    checkSingle(this, 'item');
    return (await read(this))[0]!;
  }

  /** As `item()`, without waiting; a `BackendError` where the backend can't. */
  itemSync(): number {
    checkSingle(this, 'itemSync');
    return readSync(this, 'itemSync')[0]!;
  }

  /** Whether gradients flow to or through this tensor. */
  get requiresGrad(): boolean {
    return nodeOf(this) !== null;
  }

  /** Whether the tensor was not made by a tracked op: parameters, data. */
  get isLeaf(): boolean {
    return nodeOf(this)?.isLeaf ?? true;
  }

  /** Tracks this leaf for gradients (or stops); PyTorch: `t.requires_grad_()`. */
  requiresGrad_(requires = true): this {
    const node = nodeOf(this);
    if (requires === (node !== null)) return this;
    if (!requires) {
      if (!node!.isLeaf)
        throw new AutogradError(
          'requiresGrad_',
          'only a leaf can stop requiring grad; use detach() for a copy without history',
        );
      this.receiver!.parked = node;
      this.receiver!.extra = node!.extra;
      node!.extra = null;
      this.node = null;
      return this;
    }
    if (!isFloat(this.dtype))
      throw new AutogradError(
        'requiresGrad_',
        `only floats can require grad, this is ${this.dtype}; make it with dtype: 'float32'`,
      );
    if (!hasAutograd()) autograd.seam.needs(null as never, 0);
    this.receiver ??= new Receiver();
    const { parked, extra } = this.receiver;
    const leaf =
      parked?.plan.out === this.layout ? parked : new Node(new Plan(leafOp, [], [this.layout]), null, null, null, []);
    leaf.extra = extra;
    leaf.detail().receivers.add(this.receiver);
    this.base = null;
    this.node = leaf;
    return this;
  }

  /** The gradient that backward left here, or null; PyTorch: `t.grad`. */
  get grad(): Tensor<S, D> | null {
    const { receiver } = this;
    if (receiver === null || receiver.gradient === null) return null;
    receiver.exposed = true;
    return receiver.gradient as Tensor<S, D>;
  }

  set grad(gradient: Tensor | null) {
    if (gradient !== null) {
      checkGradient('grad', this, gradient);
      outlive(gradient);
    }
    this.receiver ??= new Receiver();
    this.receiver.gradient = gradient;
    this.receiver.exposed = gradient !== null;
  }

  /** Forgets the gradient (its memory is given back at once if nobody has seen it), or fills it with zeros in place, without its history. */
  zeroGrad(options?: { readonly setToNull?: boolean }): void {
    if (options !== undefined) checkNamed('zeroGrad', options);
    const { receiver } = this;
    const gradient = receiver?.gradient;
    if (!gradient) return;
    if (options?.setToNull === false) {
      if (gradient.requiresGrad) gradient.node = gradient.base = null;
      untracked(() => fillInPlace(gradient, 0));
      return;
    }
    if (!receiver.exposed) gradient.dispose();
    receiver.gradient = null;
  }

  /** Keeps the gradient of this non-leaf in `grad` too; PyTorch: `t.retain_grad()`. */
  retainGrad(): void {
    const node = nodeOf(this);
    if (node === null)
      throw new AutogradError(
        'retainGrad',
        'this tensor is not tracked: no input of the op that made it requires grad',
      );
    this.receiver ??= new Receiver();
    node.detail().receivers.add(this.receiver);
  }

  /**
   * Calls `hook` with the gradient of this tensor during backward; what it returns replaces the gradient. Returns a handle whose `remove()` undoes it; PyTorch: `t.register_hook`.
   */
  registerHook(hook: GradientHook): { remove(): void } {
    const node = nodeOf(this);
    if (node === null)
      throw new AutogradError(
        'registerHook',
        'this tensor is not tracked, so no gradient will pass; call requiresGrad_() first',
      );
    const { hooks } = node.detail();
    const id = hookIds++;
    hooks.set(id, hook);
    return { remove: () => hooks.delete(id) };
  }

  /** Gradients of this tensor with respect to the leaves, added to their `grad`; PyTorch: `t.backward()`. Options may stand alone: `t.backward({ retainGraph: true })`. */
  backward(gradient?: Tensor | BackwardOptions, options?: BackwardOptions): void {
    const [g, o] = gradient?.constructor === Object ? [undefined, gradient] : [gradient, options];
    autograd.seam.backward(this, g as Tensor | undefined, o as BackwardOptions | undefined);
  }

  /** The op that made this tensor, by PyTorch's name (`AddBackward0`), and the ops before it; null for leaves. PyTorch: `t.grad_fn`. */
  get gradFn(): GradFn | null {
    const node = nodeOf(this);
    return node === null || node.isLeaf ? null : new GradFn(node);
  }

  /** The same memory without history; PyTorch: `t.detach()`. */
  detach(): Tensor<S, D> {
    return alias(this, this.layout.shape, this.layout.strides, this.start) as Tensor<S, D>;
  }

  /** PyTorch's `repr(t)`, on any backend. */
  repr(): Promise<string> {
    return describe(this);
  }

  /** Python's `f"{t}"`: the bare number of a tensor without dimensions, else `repr`; a `BackendError` where memory can't be read without waiting. */
  format(): string {
    return formatSync(this);
  }

  /** PyTorch's `repr(t)` where memory can be read without waiting, else the shape. */
  override toString(): string {
    return describeSync(this);
  }

  static {
    // What console.log(t) prints in Node; a computed member would have to be public.
    Object.defineProperty(Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value(this: Tensor) {
        return this.toString();
      },
    });
  }

  /** @internal Moves to a backend; `to` in `methods/` calls it. */
  toBackend(backend: Backend): Promise<Tensor<S, D>> {
    return moveTo(this, backend) as Promise<Tensor<S, D>>;
  }
}

/** A place in the graph, for looking. */
export class GradFn {
  readonly #node: Node;
  constructor(node: Node) {
    this.#node = node;
  }

  /** PyTorch's name: `AddBackward0`. */
  get name(): string {
    return this.#node.isLeaf ? 'AccumulateGrad' : gradFnName(this.#node);
  }

  /** What made the inputs; null for inputs that aren't tracked. PyTorch: `grad_fn.next_functions`. */
  get nextFunctions(): (GradFn | null)[] {
    return this.#node.plan.inputs.map((_, j) => {
      const parent = this.#node.parent(j);
      return parent === null ? null : new GradFn(parent);
    });
  }

  toString(): string {
    return `<${this.name}>`;
  }
}

announceMissing(Tensor.prototype);

const Made = makerOf<Tensor>(Tensor);
factory.make = (storage, layout, start) => new Made(storage, layout, start);
