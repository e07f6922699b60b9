/** A model whose parameters are averages of another's: stochastic weight averaging (Izmailov et al. 2018), and exponential moving averages. */
import { castTo, dtypes, equal, input, ShapeError, same, select, ValueError } from '@nn/backend';
import { type Tensor, zeros } from '@nn/tensor';
import { assign, dispatchInto, Op, sameNumbers, shapeText, withTracking } from '@nn/tensor/internal';
import { Module } from '../module/module.ts';
import { Parameter } from '../module/parameter.ts';
import { nearby } from '../module/state-dict.ts';
import { type TensorPlace, tensorPlaces } from '../module/tensor-places.ts';
import { type AvgFn, getSwaMultiAvgFn, type MultiAvgFn } from './averages.ts';

export interface AveragedModelOptions {
  /** How one tensor is averaged: what it gives is the next average. None. */
  readonly avgFn?: AvgFn | undefined;
  /** How all are averaged, such as `getEmaMultiAvgFn(0.999)`, instead of `avgFn`; `getSwaMultiAvgFn()`, the plain average. */
  readonly multiAvgFn?: MultiAvgFn | undefined;
  /** Whether buffers are averaged too; false: they are those of the last model. */
  readonly useBuffers?: boolean | undefined;
}

/** What is known of a count as long as nobody else writes it. */
interface Known {
  readonly storage: Tensor['storage'];
  readonly version: number;
  readonly isFirst: boolean;
}

/** Input 1 where the count, input 2, is 0, else input 0. */
const firstOp = new Op('map', 'AveragedModel', {
  inPlace: true,
  build: ([averaged, current]) => {
    const { dtype } = averaged!;
    const count = input(2, dtypes.int64.scalar);
    const first = castTo(input(1, dtypes[current!.dtype].scalar), dtype);
    const expression = select(equal(count, same(0, count)), first, input(0, dtypes[dtype].scalar));
    return { outputs: [{ dtype, expression }], scalars: 0 };
  },
});

const each =
  (avgFn: AvgFn): MultiAvgFn =>
  (averaged, current, numAveraged) => {
    averaged.forEach((t, i) => void assign(t, avgFn(t, current[i]!, numAveraged)));
  };

function checkModule(op: string, what: string, given: unknown): void {
  if (!(given instanceof Module)) throw new ValueError(op, `got ${String(given)} where ${what} belongs`);
}

type Pair = readonly [averaged: Tensor, current: Tensor];

/** Parameters and buffers, each once. */
function tensorsOf(module: Module): TensorPlace[] {
  const seen = new Set<Tensor>();
  return tensorPlaces(module).filter(({ tensor }) => !seen.has(tensor) && seen.add(tensor));
}

/** Those of two modules, side by side. */
function paired(averaged: Module, current: Module): Pair[] {
  const [own, other] = [tensorsOf(averaged), tensorsOf(current)];
  if (own.length !== other.length)
    throw new ShapeError(
      'AveragedModel',
      `the averaged model has ${own.length} parameters and buffers, the other ${other.length}; both must be made alike`,
    );
  return own.map(({ key, tensor }, i) => {
    const from = other[i]!;
    if (!sameNumbers(tensor.layout.shape, from.tensor.layout.shape))
      throw new ShapeError(
        'AveragedModel',
        `${key} of the averaged model is ${shapeText(tensor.layout.shape)}, ${from.key} of the other ${shapeText(from.tensor.layout.shape)}; both must be made alike`,
      );
    return [tensor, from.tensor];
  });
}

const isParameter = ([averaged]: Pair): boolean => averaged instanceof Parameter;

/**
 * Averages of a model's parameters, in a second model of the same structure, `module`: `updateParameters(model)` takes the model into them, in place and one launch a tensor; `forward` is
 * that of the averages. The first update copies. PyTorch: `torch.optim.swa_utils.AveragedModel`, which copies the model itself; here it is made a second time, and its values, modes and
 * `requiresGrad` become those of the model. It may be of another dtype, or on another backend if memory can be read without waiting: averages are there then. The state dict is PyTorch's:
 * `n_averaged`, and `module.…`.
 * @throws ShapeError for a second model of other shapes; ValueError for one that shares memory with the first, or both `avgFn` and `multiAvgFn`
 * @example
 * ```ts
 * import { noGrad } from '@nn/autograd';
 * import { AveragedModel, getEmaMultiAvgFn, Linear } from '@nn/nn';
 * const model = new Linear(1, 1, { bias: false });
 * const ema = new AveragedModel(model, new Linear(1, 1, { bias: false }), { multiAvgFn: getEmaMultiAvgFn(0.75) });
 * for (const weight of [4, 8, 8]) {
 *   noGrad(() => model.weight.fill_(weight)); // optimizer.step()
 *   ema.updateParameters(model);
 * }
 * console.log(await ema.module.weight.item(), await ema.n_averaged.item()); // prints: 5.75 3
 * ```
 */
export class AveragedModel<M extends Module = Module> extends Module {
  /** The averages. */
  readonly module: M;
  /** How many models were averaged. */
  n_averaged: Tensor;
  readonly useBuffers: boolean;
  readonly #average: MultiAvgFn;
  /** The count when this wrote it. */
  #known: Known;

  constructor(model: M, copy: M, options: AveragedModelOptions = {}) {
    super(options);
    const { avgFn, multiAvgFn, useBuffers = false } = options;
    checkModule('AveragedModel', 'the model', model);
    checkModule('AveragedModel', 'a second model, made like the first,', copy);
    if (avgFn !== undefined && multiAvgFn !== undefined)
      throw new ValueError('AveragedModel', 'avgFn and multiAvgFn exclude each other; give one of them');
    for (const given of [avgFn, multiAvgFn])
      if (given !== undefined && typeof given !== 'function')
        throw new ValueError(
          'AveragedModel',
          `got ${String(given)} for a function that averages; give getEmaMultiAvgFn(…)`,
        );
    this.module = copy;
    this.useBuffers = useBuffers;
    this.#average = multiAvgFn ?? (avgFn === undefined ? getSwaMultiAvgFn() : each(avgFn));
    const all = paired(copy, model);
    const storages = new Set(all.map(([, current]) => current.storage));
    if (all.some(([averaged]) => storages.has(averaged.storage)))
      throw new ValueError(
        'AveragedModel',
        'both models share memory; make a second one: new AveragedModel(model, new Net())',
      );
    withTracking(false, () => take(all));
    for (const [averaged, current] of all.filter(isParameter)) averaged.requiresGrad_(current.requiresGrad);
    const modules = model.modules();
    copy.modules().forEach((module, i) => {
      module.training = modules[i]?.training ?? module.training;
    });
    const count = zeros([], { dtype: 'int64', backend: all[0]?.[0].backend }) as Tensor;
    this.n_averaged = this.registerBuffer('n_averaged', count);
    this.#known = this.#counted(true);
  }

  override forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    return this.module.forward(...inputs);
  }

  /**
   * Takes a model into the averages: call it after `optimizer.step()`, or once an epoch. Nothing is read: whether it is the first counts where the count lives. PyTorch: `update_parameters`.
   * @throws ShapeError for a model of other shapes
   */
  updateParameters(model: M): void {
    checkModule('updateParameters', 'the model', model);
    const all = paired(this.module, model);
    const averages = this.useBuffers ? all : all.filter(isParameter);
    const { storage, version, isFirst } = this.#known;
    const isKnown = storage === this.n_averaged.storage && version === storage.version;
    withTracking(false, () => {
      if (isKnown && isFirst) take(averages);
      else this.#take(averages, isKnown);
      if (!this.useBuffers) take(all.filter((pair) => !isParameter(pair)));
      this.n_averaged.add_(1);
    });
    this.#known = this.#counted(false);
  }

  #counted(isFirst: boolean): Known {
    const { storage } = this.n_averaged;
    return { storage, version: storage.version, isFirst };
  }

  #take(pairs: readonly Pair[], isKnown: boolean): void {
    const averaged = pairs.map(([t]) => t);
    const current = pairs.map(([t, from]) => nearby('AveragedModel', from, t));
    this.#average(averaged, current, this.n_averaged);
    // Somebody loaded a count, which may be 0.
    if (!isKnown) averaged.forEach((t, i) => void dispatchInto(firstOp, [t, current[i]!, this.n_averaged]));
    current.forEach((t, i) => void (t === pairs[i]![1] || t.dispose()));
  }
}

/** Copies values. */
function take(pairs: readonly Pair[]): void {
  for (const [averaged, current] of pairs) {
    const near = nearby('AveragedModel', current, averaged);
    assign(averaged, near);
    if (near !== current) near.dispose();
  }
}
