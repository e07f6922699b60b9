/**
 * The arguments of one PyTorch call: its input tensors (lists such as `tensors.0`, `tensors.1` joined) and its
 * attributes, by PyTorch's parameter names. Remembers what was taken, so that nothing is dropped unseen.
 */

import { type Attribute, type AttributeRecord, toPlain } from '../format/python-float.ts';
import type { Parameter, Signature } from './signature.ts';
import { toOperand } from './tensors.ts';

const LIST_ITEM = /^(.+)\.(\d+)$/;

export class CallArguments {
  readonly #tensors: Map<string, unknown>;
  readonly #attributes: AttributeRecord;
  readonly #taken: Set<string> = new Set();

  /** `tensors` by input name. */
  constructor(tensors: ReadonlyMap<string, unknown>, attributes: AttributeRecord) {
    this.#tensors = joinLists(tensors);
    this.#attributes = attributes;
  }

  has(name: string): boolean {
    return this.#tensors.has(name) || name in this.#attributes;
  }

  /** The tensor, or list of tensors, of an input; undefined when the case has none of that name. */
  tensor(name: string): unknown {
    this.#taken.add(name);
    return this.#tensors.get(name);
  }

  /** An attribute with its Python floats; undefined when the case has none of that name. */
  attribute(name: string): Attribute | undefined {
    this.#taken.add(name);
    return this.#attributes[name];
  }

  /** What to hand to the library for a parameter: its tensor, or its attribute as a plain value. */
  plain(name: string): unknown {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor;
    const attribute = this.attribute(name);
    return attribute === undefined ? undefined : toPlain(attribute);
  }

  /** As {@link plain}, but a Python float stays a float beside integer tensors. */
  operand(name: string): unknown {
    const tensor = this.tensor(name);
    if (tensor !== undefined) return tensor;
    const attribute = this.attribute(name);
    return attribute === undefined ? undefined : toOperand(attribute);
  }

  /** The names of all inputs and attributes. */
  names(): string[] {
    return [...new Set([...this.#tensors.keys(), ...Object.keys(this.#attributes)])];
  }

  /** Inputs and attributes that nothing asked for. */
  untaken(): string[] {
    return this.names().filter((name) => !this.#taken.has(name));
  }
}

/** The arguments of our function: positional ones, then one object with the options that the case gives. */
export function bindArguments(signature: Signature, call: CallArguments): unknown[] {
  const values = readParameters(signature.parameters, call);
  const positional: unknown[] = [];
  const options: Record<string, unknown> = {};
  for (const [position, { option }] of signature.parameters.entries()) {
    const value = values[position];
    if (option === undefined) positional.push(value);
    else if (value !== undefined) options[option] = value;
  }
  if (Object.keys(options).length > 0) return [...positional, options];
  while (positional.length > 0 && positional.at(-1) === undefined) positional.pop();
  return positional;
}

/** `attrs.self` is a scalar that stands for the first parameter; `attrs.args` are positional arguments of a method. */
function readParameters(parameters: readonly Parameter[], call: CallArguments): unknown[] {
  const listed = [...((call.attribute('args') as readonly Attribute[] | undefined) ?? [])];
  return parameters.map((parameter, position) => {
    const { name, kind, fallback } = parameter;
    if (position === 0 && call.attribute('self') !== undefined) return call.operand('self');
    const named = kind === 'scalar' ? call.operand(name) : call.plain(name);
    if (named !== undefined) return named;
    const next = kind === 'sizes' && !Array.isArray(listed[0]) && listed.length > 0 ? listed.splice(0) : listed.shift();
    if (next === undefined) return fallback;
    return kind === 'scalar' ? toOperand(next) : toPlain(next);
  });
}

function joinLists(tensors: ReadonlyMap<string, unknown>): Map<string, unknown> {
  const joined = new Map<string, unknown>();
  for (const [name, tensor] of tensors) {
    const match = LIST_ITEM.exec(name);
    if (!match) {
      joined.set(name, tensor);
      continue;
    }
    const [, list = '', position = ''] = match;
    const items = (joined.get(list) as unknown[] | undefined) ?? [];
    items[Number(position)] = tensor;
    joined.set(list, items);
  }
  return joined;
}
