/** The optimiser around the algorithm: options, steps that wait and steps that don't, state dicts. */
import { noGrad } from '@nn/autograd';
import { BackendError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { relocate } from '@nn/tensor/internal';
import { checkAtLeast, checkBoolean, shown } from '../check.ts';
import { Optimizer, type OptimizerState, type ParameterGroup } from '../optimizer.ts';
import { checkWithin } from '../schedulers/check.ts';
import { answered, answeredAsync, type Loss } from './asking.ts';
import { emptyMemory, type Memory, read, tensorsOf, written } from './memory.ts';
import { minimize } from './minimize.ts';
import type { LBFGSOptions } from './options.ts';

/**
 * L-BFGS (Liu & Nocedal 1989): steps by the curvature that past gradients show. For functions that are the same at every call: all data at once. PyTorch: `torch.optim.LBFGS`, with its one
 * group of parameters. A step calls the closure several times, which clears the gradients, computes the loss, calls `backward` and returns the loss; `step` returns the first.
 *
 * It reads losses and products: where memory can't be read without waiting, `await optimizer.stepAsync(closure)`.
 * @throws ValueError for a negative `lr`, `maxIter` or `maxEval`, a `historySize` below 1, another `lineSearchFn`, or more than one group
 * @example
 * ```ts
 * import '@nn/autograd';
 * import { LBFGS } from '@nn/optim';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([-1.5, 2], { requiresGrad: true });
 * const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe', maxIter: 50 });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const [a, b] = [x.narrow(0, 0, 1), x.narrow(0, 1, 1)];
 *   const loss = b.sub(a.mul(a)).square().mul(100).add(a.sub(1).square()).sum(); // Rosenbrock's valley
 *   loss.backward();
 *   return loss;
 * });
 * console.log((await x.sub(1).abs().max().item()) < 1e-3); // prints: true
 * ```
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  #memory: Memory = emptyMemory();
  #isRunning = false;

  constructor(params: Iterable<Tensor> | Iterable<ParameterGroup<LBFGSOptions>>, options: Partial<LBFGSOptions> = {}) {
    super(
      params,
      {
        lr: 1,
        maxIter: 20,
        maxEval: Math.floor(((options as Partial<LBFGSOptions> | null)?.maxIter ?? 20) * 1.25),
        toleranceGrad: 1e-7,
        toleranceChange: 1e-9,
        historySize: 100,
        lineSearchFn: null,
      },
      options,
    );
  }

  protected override check(options: LBFGSOptions): void {
    const { historySize, lineSearchFn } = options;
    for (const name of ['lr', 'maxIter', 'maxEval'] as const) checkAtLeast('LBFGS', name, options[name], 0);
    for (const name of ['toleranceGrad', 'toleranceChange'] as const) checkWithin('LBFGS', name, options[name]);
    checkAtLeast('LBFGS', 'historySize', historySize, 1);
    checkBoolean(
      'LBFGS',
      lineSearchFn === null || lineSearchFn === 'strong_wolfe',
      `lineSearchFn must be 'strong_wolfe' or null, got ${String(lineSearchFn)}`,
    );
  }

  /** Parameters move together, in `step`. */
  protected override update(): void {}

  /** The first group; there can't be another. */
  override addParamGroup(group: ParameterGroup<LBFGSOptions>): void {
    if (this.paramGroups.length > 0)
      throw new ValueError('LBFGS', 'takes one group of parameters, got a second; give all parameters in one list');
    super.addParamGroup(group);
  }

  /**
   * A step needs a closure that computes loss and gradients anew; returns the first loss.
   * @throws ValueError without a closure, or where it returns no loss
   * @throws BackendError where memory can't be read without waiting; nothing was called then
   */
  override step(closure?: undefined): never;
  override step<R>(closure: () => R): R;
  override step(closure?: () => unknown): unknown {
    const params = this.#params('LBFGS.step', closure);
    const { backend } = params[0]!;
    if (backend.readSync === undefined)
      throw new BackendError(
        'LBFGS.step',
        `reads losses and products, and ${backend.name} can't read memory without waiting; await optimizer.stepAsync(closure)`,
      );
    const asking = minimize(params, this.paramGroups[0]!, this.#memory);
    return this.#settle(answered('LBFGS.step', asking, closure!));
  }

  /**
   * `step` on every backend; the closure may be asynchronous.
   * @throws ValueError without a closure, where it returns no loss, or while another step is awaited
   */
  async stepAsync<R>(closure: () => R): Promise<Awaited<R>> {
    const params = this.#params('LBFGS.stepAsync', closure);
    this.#isRunning = true;
    try {
      await this.follow();
      const asking = minimize(params, this.paramGroups[0]!, this.#memory);
      return this.#settle(await answeredAsync('LBFGS.stepAsync', asking, closure)) as Awaited<R>;
    } finally {
      this.#isRunning = false;
    }
  }

  #params(op: string, closure: unknown): readonly Tensor[] {
    if (typeof closure !== 'function')
      throw new ValueError(
        op,
        `got ${shown(closure)} for a closure; pass a function that clears the gradients, computes the loss, calls backward() and returns the loss`,
      );
    this.#checkIdle(op);
    this.checkRate(this.paramGroups[0]!);
    const { params } = this.paramGroups[0]!;
    const other = params.find((p) => p.backend !== params[0]!.backend);
    if (other !== undefined)
      throw new BackendError(
        op,
        `the parameters are one vector, but live on ${params[0]!.backend.name} and ${other.backend.name}; move the model to one`,
      );
    return params;
  }

  #checkIdle(op: string): void {
    if (this.#isRunning) throw new ValueError(op, 'another step has not ended; await it first');
  }

  /** Remembers what a step has found, and gives back what it replaced. */
  #settle({ loss, memory }: { loss: Loss; memory: Memory }): Loss {
    const kept = tensorsOf(memory);
    for (const t of tensorsOf(this.#memory)) if (!kept.has(t)) t.dispose();
    this.#memory = memory;
    return loss;
  }

  override async follow(): Promise<void> {
    const { backend } = this.paramGroups[0]!.params[0]!;
    for (const t of tensorsOf(this.#memory)) await relocate(t, backend);
  }

  /**
   * Options, and what is remembered as the state of the first parameter, named as PyTorch names it; the pairs of the history are the rows of `oldDirs` and `oldStps`. Tensors are copies. PyTorch:
   * `state_dict()`.
   */
  override stateDict(): OptimizerState<LBFGSOptions> {
    const { paramGroups } = super.stateDict();
    const isNew = this.#memory.funcEvals === 0;
    return { paramGroups, state: isNew ? {} : { 0: noGrad<never>(() => written(this.#memory) as never) } };
  }

  override loadStateDict(saved: OptimizerState<LBFGSOptions>): void {
    const op = 'LBFGS.loadStateDict';
    const size = this.paramGroups[0]!.params.reduce((n, p) => n + p.layout.size, 0);
    this.#checkIdle(op);
    const state = saved?.state?.[saved.paramGroups?.[0]?.params[0] ?? 0] ?? {};
    const memory = noGrad<never>(() => read(op, state, size) as never) as Memory;
    super.loadStateDict({ ...saved, state: saved?.state && {} });
    for (const t of tensorsOf(this.#memory)) t.dispose();
    this.#memory = memory;
  }
}
