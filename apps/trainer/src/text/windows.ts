/** A text as a dataset: every window of some characters, with the characters that come next. */
import type { BatchedDataset, Sampler } from '@nn/data';
import type { Tensor } from '@nn/tensor';
import { tensor } from '@nn/tensor';
import type { Batch } from '../training/task.ts';

/** Sample i is the window that starts at character i: inputs (block) and answers (block), which are the inputs one further on. */
export class Windows implements BatchedDataset<Batch> {
  readonly #numbers: Int32Array;
  readonly block: number;

  /** `numbers` are those of the characters: at least one more than the block. */
  constructor(numbers: Int32Array, block: number) {
    this.#numbers = numbers;
    this.block = block;
  }

  get length(): number {
    return this.#numbers.length - this.block;
  }

  get(index: number): Batch {
    return this.#read([index], [this.block]);
  }

  batch(indices: readonly number[]): Batch {
    return this.#read(indices, [indices.length, this.block]);
  }

  #read(starts: readonly number[], shape: readonly number[]): Batch {
    const { block } = this;
    const part = (shift: number): Tensor => {
      const values = new Int32Array(starts.length * block);
      for (const [i, start] of starts.entries())
        values.set(this.#numbers.subarray(start + shift, start + shift + block), i * block);
      return tensor(values, { dtype: 'int64', shape: shape as never }) as Tensor;
    };
    return [part(0), part(1)];
  }
}

/** Windows side by side, from the start of the text on: each character is in one at most. */
export class SideBySide implements Sampler {
  readonly length: number;
  readonly #block: number;

  constructor({ length, block }: Windows) {
    this.#block = block;
    this.length = Math.ceil(length / block);
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i * this.#block;
  }
}
