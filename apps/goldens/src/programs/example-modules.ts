/** Classes that exist only in the examples of the files. */

import {
  Embedding,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  ParameterList,
  ReLU,
  Tanh,
  TransformerEncoder,
  TransformerEncoderLayer,
} from '@nn/nn';
import { arange, ones, type Tensor, zeros } from '@nn/tensor';

/** `MLP(n_inps, nh, n_outs)`: two linear layers with a ReLU between. */
export class MLP extends Module {
  readonly l1: Linear<number, number>;
  readonly l2: Linear<number, number>;
  readonly relu: ReLU;

  constructor(inputs: number, hidden: number, outputs: number) {
    super();
    this.l1 = new Linear(inputs, hidden);
    this.l2 = new Linear(hidden, outputs);
    this.relu = new ReLU();
  }

  override forward(x: Tensor): Tensor {
    return this.l2.forward(this.relu.forward(this.l1.forward(x)));
  }
}

/** Sizes of `Char`. */
export interface CharSizes {
  readonly vocabulary: number;
  readonly context: number;
  readonly d_model: number;
  readonly nhead: number;
  readonly dim_feedforward: number;
  readonly layers: number;
}

/** A transformer over characters: `out(enc(tok(x) + pos(0..T-1), causal mask))`. */
export class Char extends Module {
  readonly tok: Embedding;
  readonly pos: Embedding;
  readonly enc: TransformerEncoder;
  readonly out: Linear;

  constructor({ vocabulary, context, d_model: size, nhead, dim_feedforward, layers }: CharSizes) {
    super();
    const options = {
      dimFeedforward: dim_feedforward,
      dropout: 0,
      activation: 'gelu',
      batchFirst: true,
      normFirst: true,
    } as const;
    this.tok = new Embedding(vocabulary, size);
    this.pos = new Embedding(context, size);
    this.enc = new TransformerEncoder(new TransformerEncoderLayer(size, nhead, options), layers);
    this.out = new Linear(size, vocabulary);
  }

  override forward(x: Tensor): Tensor {
    const places = arange(x.shape[1]!, { dtype: 'int64' }) as Tensor;
    const h = this.tok.forward(x).add(this.pos.forward(places)) as Tensor;
    return this.out.forward(this.enc.forward(h, { isCausal: true })) as Tensor;
  }
}

/** Keeps the mean of the values it has seen, and their count, in two buffers whose names differ from example to example. */
export class RunningAverage extends Module {
  readonly #averageName: string;
  readonly #countName: string;

  constructor(averageName: string, countName: string) {
    super();
    this.#averageName = averageName;
    this.#countName = countName;
    this.registerBuffer(averageName, zeros([1]));
    this.registerBuffer(countName, zeros([1]));
  }

  get currentAverage(): Tensor {
    return this.getBuffer(this.#averageName);
  }

  get currentCount(): Tensor {
    return this.getBuffer(this.#countName);
  }

  override forward(value: number): number {
    this.currentCount.add_(1);
    const total = this.currentAverage.mul(this.currentCount.sub(1)).add(value);
    this.registerBuffer(this.#averageName, total.div(this.currentCount));
    return value;
  }
}

/** Every kind of container, a parameter, and buffers that are saved and not saved. */
class Nest extends Module {
  readonly layers: ModuleList = new ModuleList([new Linear(3, 2), new ReLU()]);
  readonly d: ModuleDict = new ModuleDict({ a: new Linear(2, 2), b: new Tanh() });
  readonly scale: Parameter = new Parameter(ones([2]));
  readonly count: Tensor = this.registerBuffer('count', zeros([1], { dtype: 'int64' }));
  readonly tmp: Tensor = this.registerBuffer('tmp', zeros([2]), { persistent: false });
  readonly plist: ParameterList = new ParameterList([new Parameter(zeros([2, 2]))]);

  override forward(x: Tensor): Tensor {
    return x;
  }
}

/** Modules that a file describes in words, by that description. */
export const describedModules: ReadonlyMap<string, () => Module> = new Map([
  [
    'Nest: layers = ModuleList([Linear(3, 2), ReLU()]); d = ModuleDict({"a": Linear(2, 2), "b": Tanh()}); scale = Parameter(ones(2)); register_buffer("count", zeros(1, dtype=int64)); register_buffer("tmp", zeros(2), persistent=False); plist = ParameterList([Parameter(zeros(2, 2))])',
    () => new Nest(),
  ],
]);
