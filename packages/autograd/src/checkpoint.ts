/**
 * Trading time for memory: the intermediates of a function are not kept for backward but computed again (Chen et al. 2016, *Training Deep Nets with Sublinear Memory Cost*);
 * PyTorch: `torch.utils.checkpoint.checkpoint`.
 */
import { AutogradError } from '@nn/backend';
import { Scope, Tensor } from '@nn/tensor';
import { alias, scopes } from '@nn/tensor/internal';
import { applyCustom, type FunctionContext } from './custom.ts';
import { enableGrad, isGradEnabled } from './no-grad.ts';
import { replayRandom } from './random-state.ts';

/** Knows what is made while it is active. Gives nothing back: the scope around it answers for that. */
class Made extends Scope {
  readonly #outer: Scope | null;
  readonly #own: WeakSet<object> = new WeakSet();
  constructor(outer: Scope | null) {
    super(outer);
    this.#outer = outer;
  }
  has(t: Tensor): boolean {
    return this.#own.has(t);
  }
  override add(t: Tensor): void {
    this.#own.add(t);
    this.#outer?.add(t);
  }
  override keep<T extends Tensor>(t: T): T {
    this.#outer?.keep(t);
    return t;
  }
}

/** What a function returns, if it made it, else another handle: what it closes over doesn't become an output. */
function madeBy(f: () => Tensor): Tensor {
  const outer = scopes.active;
  const made = new Made(outer);
  scopes.active = made;
  try {
    const out = f();
    return made.has(out) ? out : out.detach();
  } finally {
    scopes.active = outer;
  }
}

/**
 * Runs a function now, and again during backward, instead of keeping its intermediates. Random numbers (dropout) come out the same the second time. Parameters that the
 * function closes over get their gradients too.
 * @param f takes tensors (and anything else), returns one tensor
 */
export function checkpoint<Args extends readonly unknown[]>(f: (...args: Args) => Tensor, ...args: Args): Tensor {
  const replay = replayRandom();
  const forward = (ctx: FunctionContext, ..._args: unknown[]): Tensor => {
    ctx.saveForBackward(...args.filter((arg): arg is Args[number] & Tensor => arg instanceof Tensor));
    return madeBy(() => f(...args));
  };
  const backward = (ctx: FunctionContext, g: Tensor): (Tensor | null)[] => {
    let next = 0;
    const saved = ctx.savedTensors;
    const own = args.map((arg, i) => {
      if (!(arg instanceof Tensor)) return arg;
      const t = saved[next++]!;
      const copy = alias(t, t.layout.shape, t.layout.strides, t.start);
      return ctx.needsInputGrad[i] ? copy.requiresGrad_() : copy;
    });
    if (isGradEnabled())
      throw new AutogradError(
        'checkpoint',
        'second derivatives through a checkpoint are not supported; call the function itself',
      );
    const out = enableGrad<Tensor>(() => replay(() => f(...(own as unknown as Args))));
    const inputs = own.filter((arg, i): arg is Tensor => arg instanceof Tensor && ctx.needsInputGrad[i] === true);
    // Leaves that the function closes over accumulate as in any backward; the arguments' gradients are returned.
    if (out.requiresGrad) out.backward(g);
    return args.map((_, i) => {
      const t = own[i];
      return t instanceof Tensor && inputs.includes(t) ? t.grad : null;
    });
  };
  return applyCustom({ forward, backward, name: 'Checkpoint', always: true }, [...args] as unknown[]);
}
