/** A small decoder of the kind of GPT-2 (Radford et al. 2019), over characters: what comes next, from each place and those before it. */
import { noGrad } from '@nn/autograd';
import { Dropout, Embedding, init, LayerNorm, Linear, Module, ModuleList, TransformerEncoderLayer } from '@nn/nn';
import { arange, type Tensor } from '@nn/tensor';
import { Failure } from '../failure.ts';
import { dropoutDetails, isChance, isSize, type ModelKind } from './model-kind.ts';

export interface GptDescription {
  readonly kind: 'gpt';
  /** How many characters there are. */
  readonly vocabulary: number;
  /** How many characters it sees at most. */
  readonly block: number;
  readonly layers: number;
  readonly heads: number;
  readonly dim: number;
  readonly dropout: number;
}

/** Takes (N, T) numbers of characters, T up to `block`; gives (N, T, vocabulary) logits of the characters that come next. */
class Gpt extends Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly dropout: Dropout;
  readonly layers: ModuleList<TransformerEncoderLayer>;
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor({ vocabulary, block, layers, heads, dim, dropout }: GptDescription) {
    super();
    const options = {
      dimFeedforward: 4 * dim,
      dropout,
      activation: 'gelu',
      batchFirst: true,
      normFirst: true,
    } as const;
    this.tokens = new Embedding(vocabulary, dim);
    this.positions = new Embedding(block, dim);
    this.dropout = new Dropout({ p: dropout });
    this.layers = new ModuleList(
      Array.from({ length: layers }, () => new TransformerEncoderLayer(dim, heads, options)),
    );
    this.norm = new LayerNorm(dim);
    this.head = new Linear(dim, vocabulary, { bias: false });
    this.#initialize(layers);
  }

  /** As GPT-2 does: small weights, smaller ones where a layer adds to what it was given, no biases. */
  #initialize(layers: number): void {
    noGrad<void>(() => {
      for (const [name, parameter] of this.namedParameters()) {
        const adds = /(out_proj|linear2)\.weight$/.test(name);
        if (parameter.ndim > 1) init.normal_(parameter, { std: 0.02 / (adds ? Math.sqrt(2 * layers) : 1) });
        else if (name.endsWith('bias')) init.zeros_(parameter);
      }
    });
  }

  override forward(x: Tensor): Tensor {
    const places = arange(x.shape[1]!, { dtype: 'int64', backend: x.backend }) as Tensor;
    const embedded = this.tokens.forward(x).add(this.positions.forward(places)) as Tensor;
    let h: Tensor = this.dropout.forward(embedded) as Tensor;
    for (const layer of this.layers) h = layer.forward(h, { isCausal: true });
    return this.head.forward(this.norm.forward(h) as Tensor) as Tensor;
  }
}

export const gpt: ModelKind<GptDescription> = {
  describe({ block, layers, heads, dim, dropout }, { outputs }) {
    if (dim % heads !== 0)
      throw new Failure(`--dim ${dim} can't be divided among --heads ${heads}; give a multiple of the heads`);
    return { kind: 'gpt', vocabulary: outputs, block, layers, heads, dim, dropout };
  },

  accepts: ({ vocabulary, block, layers, heads, dim, dropout }) =>
    [vocabulary, block, layers, heads, dim].every(isSize) &&
    (dim as number) % (heads as number) === 0 &&
    isChance(dropout),

  build: (description) => new Gpt(description),

  shapes({ vocabulary, block, layers, dim }) {
    const layer: [string, readonly number[]][] = [
      ['self_attn.in_proj_weight', [3 * dim, dim]],
      ['self_attn.in_proj_bias', [3 * dim]],
      ['self_attn.out_proj.weight', [dim, dim]],
      ['self_attn.out_proj.bias', [dim]],
      ['linear1.weight', [4 * dim, dim]],
      ['linear1.bias', [4 * dim]],
      ['linear2.weight', [dim, 4 * dim]],
      ['linear2.bias', [dim]],
      ...['norm1', 'norm2'].flatMap((norm): [string, readonly number[]][] => [
        [`${norm}.weight`, [dim]],
        [`${norm}.bias`, [dim]],
      ]),
    ];
    return new Map([
      ['tokens.weight', [vocabulary, dim]],
      ['positions.weight', [block, dim]],
      ...Array.from({ length: layers }, (_, i) =>
        layer.map(([name, shape]): [string, readonly number[]] => [`layers.${i}.${name}`, shape]),
      ).flat(),
      ['norm.weight', [dim]],
      ['norm.bias', [dim]],
      ['head.weight', [vocabulary, dim]],
    ]);
  },

  title: ({ layers, dim }) => `gpt ${layers} × ${dim}`,

  details: ({ heads, block, vocabulary, dropout }) => [
    `${heads} head${heads === 1 ? '' : 's'}`,
    `${vocabulary} characters`,
    `sees ${block}`,
    ...dropoutDetails(dropout),
  ],
};
