/** A list of parameters. */
import { NnError, ValueError } from '@nn/backend';
import { Tensor } from '@nn/tensor';
import { listed } from '../module/listed.ts';
import { Module } from '../module/module.ts';
import { Parameter } from '../module/parameter.ts';
import { describeHeld } from './describe-parameter.ts';
import { placeOf } from './places.ts';

/**
 * Parameters in a list, which a plain array would hide from the module that holds it; tensors become parameters. PyTorch: `torch.nn.ParameterList`.
 * @example
 * ```ts
 * import { ParameterList } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * const factors = new ParameterList([zeros([2, 3]), zeros([3, 2])]);
 * console.log(factors.length, factors.at(-1).shape); // prints: 2 [ 3, 2 ]
 * ```
 */
export class ParameterList extends Module {
  readonly #parameters: Parameter[] = [];

  constructor(values: Iterable<Tensor> = []) {
    super();
    this.extend(values);
  }

  override forward(): never {
    throw new NnError('ParameterList', 'is a list of parameters, which compute nothing by themselves');
  }

  override *members(): Iterable<readonly [name: string, value: unknown]> {
    for (const [i, parameter] of this.#parameters.entries()) yield [String(i), parameter];
    yield* super.members();
  }

  /** @internal Any tensor in a place, for a while. */
  '~put'(name: string, tensor: Tensor): void {
    this.#parameters[Number(name)] = tensor as Parameter;
  }

  override extraRepr(): string {
    return this.#parameters
      .map((parameter, i) => describeHeld(String(i), parameter, `torch.${parameter.dtype}`))
      .join('\n');
  }

  /** Number of parameters. */
  get length(): number {
    return this.#parameters.length;
  }

  /** The parameter at a place; negative numbers count from the end. PyTorch: `list[i]`. */
  at(index: number): Parameter {
    return this.#parameters[placeOf('ParameterList.at', index, this.length)]!;
  }

  /** Puts another parameter in a place. PyTorch: `list[i] = parameter`. */
  set(index: number, value: Tensor): this {
    this.#parameters[placeOf('ParameterList.set', index, this.length)] = asParameter('ParameterList.set', value);
    return this;
  }

  /** Adds a parameter at the end. PyTorch: `append`. */
  append(value: Tensor): this {
    this.#parameters.push(asParameter('ParameterList.append', value));
    return this;
  }

  /** Adds parameters at the end. PyTorch: `extend`. */
  extend(values: Iterable<Tensor>): this {
    // All are looked at before the first is added.
    const own = listed('ParameterList', values).map((value) => asParameter('ParameterList.append', value));
    for (const parameter of own) this.#parameters.push(parameter);
    return this;
  }

  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }
}

/** Parameters as they are, other tensors as parameters over the same memory. */
export function asParameter(op: string, value: Tensor): Parameter {
  if (value instanceof Parameter) return value;
  if (!(value instanceof Tensor)) throw new ValueError(op, `${String(value)} is no tensor`);
  return new Parameter(value);
}
