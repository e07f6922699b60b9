/** Parameters by name. */

import { type DType, NnError, ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { checkKey } from '../module/members.ts';
import { Module } from '../module/module.ts';
import type { Parameter } from '../module/parameter.ts';
import { describeHeld } from './describe-parameter.ts';
import { namedValues } from './named-values.ts';
import { asParameter } from './parameter-list.ts';

/** PyTorch's old names of tensor types, which a ParameterDict prints. */
const typeNames: { readonly [D in DType]: string } = {
  float16: 'HalfTensor',
  float32: 'FloatTensor',
  float64: 'DoubleTensor',
  int32: 'IntTensor',
  int64: 'LongTensor',
  uint8: 'ByteTensor',
  bool: 'BoolTensor',
};

/**
 * Parameters by name, in the order in which they were added; tensors become parameters. PyTorch: `torch.nn.ParameterDict`.
 * @example
 * ```ts
 * import { ParameterDict } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const scales = new ParameterDict({ left: zeros([2]), right: zeros([3]) });
 * console.log(scales.get('right').shape, scales.size); // prints: [ 3 ] 2
 * ```
 */
export class ParameterDict extends Module {
  readonly #parameters: Map<string, Parameter> = new Map();

  constructor(values: Readonly<Record<string, Tensor>> | Iterable<readonly [name: string, value: Tensor]> = {}) {
    super();
    this.update(values);
  }

  override forward(): never {
    throw new NnError('ParameterDict', 'is a collection of parameters, which compute nothing by themselves');
  }

  override *members(): Iterable<readonly [name: string, value: unknown]> {
    yield* this.#parameters;
    yield* super.members();
  }

  /** @internal Any tensor under a name, for a while. */
  '~put'(name: string, tensor: Tensor): void {
    this.#parameters.set(name, tensor as Parameter);
  }

  override extraRepr(): string {
    return [...this.#parameters]
      .map(([name, parameter]) => describeHeld(name, parameter, `torch.${typeNames[parameter.dtype]}`))
      .join('\n');
  }

  /** Number of parameters. */
  get size(): number {
    return this.#parameters.size;
  }

  /** The parameter of that name; a `ValueError` if there is none. PyTorch: `dict[name]`. */
  get(name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (parameter === undefined)
      throw new ValueError(
        'ParameterDict.get',
        `there is no '${name}'; there are ${[...this.#parameters.keys()].join(', ') || 'none'}`,
      );
    return parameter;
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** Adds a parameter, or replaces the one of that name. PyTorch: `dict[name] = parameter`. */
  set(name: string, value: Tensor): this {
    checkKey('ParameterDict.set', name);
    this.#parameters.set(name, asParameter('ParameterDict.set', value));
    return this;
  }

  /** Adds or replaces several. PyTorch: `update`. */
  update(values: Readonly<Record<string, Tensor>> | Iterable<readonly [name: string, value: Tensor]>): this {
    for (const [name, value] of namedValues('ParameterDict', values)) this.set(name, value);
    return this;
  }

  /** Removes a parameter and gives it back, undefined if there was none. PyTorch: `pop`. */
  delete(name: string): Parameter | undefined {
    const parameter = this.#parameters.get(name);
    this.#parameters.delete(name);
    return parameter;
  }

  clear(): void {
    this.#parameters.clear();
  }

  keys(): IterableIterator<string> {
    return this.#parameters.keys();
  }

  values(): IterableIterator<Parameter> {
    return this.#parameters.values();
  }

  entries(): IterableIterator<[name: string, parameter: Parameter]> {
    return this.#parameters.entries();
  }

  [Symbol.iterator](): IterableIterator<[name: string, parameter: Parameter]> {
    return this.#parameters.entries();
  }
}
