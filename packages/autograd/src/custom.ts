/**
 * Custom functions: a forward and a backward written by hand, with saved tensors; PyTorch: `torch.autograd.Function`. The graph holds one node for the function, which
 * collects a gradient for each output in slots, and one small node for each output.
 */
import { AutogradError } from '@nn/backend';
import { Tensor, toDType } from '@nn/tensor';
import { alias, filled, Node, nodeOf, Op, Plan, state } from '@nn/tensor/internal';
import { anomaly } from './anomaly.ts';
import type { RunCustom } from './engine.ts';
import { noGrad } from './no-grad.ts';
import { handle } from './rules/rule.ts';

/** What `forward` leaves for `backward`. */
export class FunctionContext {
  /** Handles of the graph's own: disposing of the user's leaves the values alive. */
  #saved: readonly Tensor[] = [];
  /** What they are handles of, until the outputs have provenance. */
  #sources: readonly Tensor[] = [];
  #versions: readonly number[] = [];
  /** Which inputs are tracked; PyTorch: `ctx.needs_input_grad`. */
  needsInputGrad: readonly boolean[] = [];
  /** Whatever else backward needs: numbers, shapes. */
  readonly values: Record<string, unknown> = {};
  /** Gradients of outputs that nothing used arrive as zeros (true, the default) or null. */
  materializeGrads = true;
  /** @internal */ freed = false;
  /** @internal Whose context it is, for errors. */ name = '';

  /** Saves tensors for backward; changing one in place afterwards is an error that backward reports. */
  saveForBackward(...tensors: Tensor[]): void {
    for (const t of this.#saved) t.dispose();
    this.#sources = tensors;
    this.#saved = tensors.map(handle);
    this.#versions = tensors.map((t) => t.storage.version);
  }

  /** The saved tensors, in order. */
  get savedTensors(): readonly Tensor[] {
    if (this.freed)
      throw new AutogradError(
        this.name,
        'the saved tensors were freed by an earlier backward; detach() what comes from before it, or pass { retainGraph: true } to it',
      );
    this.#saved.forEach((t, i) => {
      if (t.storage.version !== this.#versions[i])
        throw new AutogradError(this.name, `saved tensor ${i} was changed in place after forward; work on a clone()`);
    });
    return this.#saved;
  }

  /** @internal Gives saved outputs their provenance. */
  link(own: ReadonlyMap<Tensor, Tensor>): void {
    this.#sources.forEach((t, i) => {
      const out = own.get(t);
      if (out !== undefined) this.#saved[i]!.node = out.node;
    });
    this.#sources = [];
  }

  /** @internal */
  free(): void {
    for (const t of this.#saved) t.dispose();
    this.#saved = [];
    this.#sources = [];
    this.freed = true;
  }
}

type Outputs = Tensor | readonly Tensor[];
export type InputGradients = Tensor | null | readonly (Tensor | null)[];

/** The two halves of a custom function. */
export interface CustomFunction<Args extends readonly unknown[], Out extends Outputs> {
  /** Computes the outputs; runs without recording. Arguments may be anything; tensors among them can get gradients. */
  readonly forward: (ctx: FunctionContext, ...args: Args) => Out;
  /** Gradients of the arguments, in order, from those of the outputs; null where none flows. Recorded in turn under `createGraph`. */
  readonly backward: (ctx: FunctionContext, ...gradients: Tensor[]) => InputGradients;
  /** For `gradFn` and errors. */
  readonly name?: string;
  /** Record even if no argument is tracked: backward does something else too. */
  readonly always?: boolean;
  /** `backward` keeps neither the gradients that it is given nor those that it returns, so their memory is given back at once. */
  readonly keepsNothing?: boolean;
}

interface Recorded {
  readonly context: FunctionContext;
  readonly backward: (ctx: FunctionContext, ...gradients: Tensor[]) => InputGradients;
  /** Parent number j is argument positions[j]. */
  readonly positions: readonly number[];
  readonly name: string;
  readonly keepsNothing: boolean;
}

const asList = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** Runs a custom function and records it; PyTorch: `F.apply(…)`. */
export function applyCustom<Args extends readonly unknown[], Out extends Outputs>(
  custom: CustomFunction<Args, Out>,
  args: Args,
): Out {
  const context = new FunctionContext();
  const tensors = args.flatMap((arg, i) => (arg instanceof Tensor ? [{ t: arg, i }] : []));
  context.needsInputGrad = args.map((arg) => arg instanceof Tensor && state.tracking && nodeOf(arg) !== null);
  const results = noGrad<unknown>(() => custom.forward(context, ...args)) as Out;
  const tracked = tensors.filter(({ i }) => context.needsInputGrad[i]);
  if (tracked.length === 0 && !(custom.always === true && state.tracking)) {
    context.free();
    return results;
  }
  const name = context.name || (custom.name ?? 'Function');
  context.name = name;
  const outputs = asList(results as Tensor | readonly Tensor[]);
  const positions = tracked.map(({ i }) => i);
  const keepsNothing = custom.keepsNothing === true;
  const recorded: Recorded = { context, backward: custom.backward, positions, name, keepsNothing };
  const parents = tracked.map(({ t }) => nodeOf(t));
  const layouts = outputs.map((t) => t.layout);
  const functionOp = new Op('custom', name, { backward: recorded, run: runCustom });
  const node = new Node(
    new Plan(
      functionOp,
      tracked.map(({ t }) => t.layout),
      layouts,
    ),
    parents[0] ?? null,
    parents[1] ?? null,
    parents[2] ?? null,
    [],
  );
  if (parents.length > 3) node.detail().rest = parents.slice(3);
  node.detail().slots = outputs.map(() => null);
  const outputOp = new Op('custom', name, { backward: null, run: null });
  const own = outputs.map((t, slot) => {
    // A tensor with provenance of its own (an input returned as it is, a view, something from outside) keeps it: the output is another handle.
    const plain = t.base === null && nodeOf(t) === null && tensors.every((entry) => entry.t !== t);
    const out = plain ? t : alias(t, t.layout.shape, t.layout.strides, t.start);
    if (t.layout.differentiable) {
      out.node = new Node(new Plan(outputOp, [t.layout], [t.layout]), node, null, null, []);
      out.node.detail().slot = slot;
    }
    return out;
  });
  context.link(new Map(outputs.flatMap((t, k) => (tensors.some((entry) => entry.t === t) ? [] : [[t, own[k]!]]))));
  return (Array.isArray(results) ? own : own[0]) as Out;
}

const runCustom: RunCustom = (node, arrive, drop, options) => {
  const recorded = (node.plan.op.attributes as { backward: Recorded }).backward;
  const { backward, context, positions, name, keepsNothing } = recorded;
  const slots = node.extra!.slots!;
  const gradients = slots.map((g, k) => {
    const layout = node.plan.outs[k]!;
    return g ?? (context.materializeGrads ? filled(layout.device, layout.dtype, layout.shape, 0) : null);
  });
  const none = slots.every((g) => g === null);
  slots.fill(null);
  const answers = none ? positions.map(() => null) : asList(backward(context, ...(gradients as Tensor[])));
  positions.forEach((position, j) => {
    const parent = node.parent(j)!;
    const g = none ? null : (answers[position] ?? null);
    if (g !== null && !(g instanceof Tensor))
      throw new AutogradError(name, `backward must return a tensor or null for argument ${position}`);
    const layout = node.plan.inputs[j]!;
    if (g !== null && (g.shape.length !== layout.shape.length || g.shape.some((n, d) => n !== layout.shape[d])))
      throw new AutogradError(
        name,
        `backward returned a gradient of shape (${g.shape.join(', ')}) for argument ${position} of shape (${layout.shape.join(', ')})`,
      );
    if (g !== null && g.layout.device !== layout.device)
      throw new AutogradError(
        name,
        `backward returned a gradient on ${g.backend.name} for argument ${position} on ${layout.device.backend.name}`,
      );
    if (g !== null) anomaly.check?.(node, g);
    const isLast = keepsNothing && !positions.some((other, k) => k > j && answers[other] === g);
    const cast = g === null ? null : toDType(g, layout.dtype);
    arrive(parent, cast === null || isLast ? cast : handle(cast));
    if (isLast && g !== null && cast !== g) drop(g);
  });
  if (keepsNothing) for (const g of gradients) if (g !== null && !answers.includes(g)) drop(g);
  if (!options.retainGraph) context.free();
};
