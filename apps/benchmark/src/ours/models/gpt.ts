/** A small GPT: pre-norm blocks of causal attention and a gelu network (Radford et al. 2019). */
import '@nn/tensor/methods';
import { Embedding, GELU, LayerNorm, Linear, Module, ModuleList, Sequential, scaledDotProductAttention } from '@nn/nn';
import { arange, type Tensor } from '@nn/tensor';
import type { GptSpec } from '../../cases/spec.ts';

class Block extends Module {
  readonly norm1: LayerNorm;
  readonly qkv: Linear;
  readonly projection: Linear;
  readonly network: Sequential;
  readonly #heads: number;

  constructor(width: number, heads: number) {
    super();
    this.norm1 = new LayerNorm(width);
    this.qkv = new Linear(width, 3 * width);
    this.projection = new Linear(width, width);
    this.network = new Sequential(
      new LayerNorm(width),
      new Linear(width, 4 * width),
      new GELU(),
      new Linear(4 * width, width),
    );
    this.#heads = heads;
  }

  override forward(x: Tensor): Tensor {
    const [batch, block, width] = x.shape as [number, number, number];
    const heads = (part: Tensor): Tensor =>
      part.view([batch, block, this.#heads, width / this.#heads]).transpose(1, 2) as Tensor;
    const qkv: Tensor = this.qkv.forward(this.norm1.forward(x));
    const [q, k, v] = qkv.split(width, { dim: -1 }) as Tensor[];
    const attended: Tensor = scaledDotProductAttention(heads(q!), heads(k!), heads(v!), { isCausal: true });
    const joined = attended.transpose(1, 2).reshape([batch, block, width]);
    const y: Tensor = x.add(this.projection.forward(joined as Tensor) as never);
    return y.add(this.network.forward(y) as never);
  }
}

export class Gpt extends Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;
  readonly blocks: ModuleList;
  readonly norm: LayerNorm;
  readonly head: Linear;

  constructor({ vocabulary, block, layers, heads, width }: GptSpec) {
    super();
    this.tokens = new Embedding(vocabulary, width);
    this.positions = new Embedding(block, width);
    this.blocks = new ModuleList(Array.from({ length: layers }, () => new Block(width, heads)));
    this.norm = new LayerNorm(width);
    this.head = new Linear(width, vocabulary, { bias: false });
  }

  /** Logits (batch · block, vocabulary) of tokens (batch, block). */
  override forward(tokens: Tensor): Tensor {
    const block = tokens.shape[1]!;
    let x: Tensor = this.tokens.forward(tokens).add(this.positions.forward(arange(block, { dtype: 'int64' })));
    for (const each of this.blocks) x = each.forward(x);
    return this.head.forward(this.norm.forward(x)).flatten({ endDim: 1 });
  }
}
