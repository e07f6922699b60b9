/**
 * The arguments of one PyTorch call: its input tensors (lists such as `tensors.0`, `tensors.1` joined) and its
 * attributes, by PyTorch's parameter names. Remembers what was taken, so that nothing is dropped unseen.
 */

import { type Attribute, type AttributeRecord, toPlain } from '../format/python-float.ts';
import type { Parameter, Signature } from './signature.ts';
import { toOperand } from './tensors.ts';

/** The other names by which PyTorch takes a parameter: NumPy's, and those in which its versions and documents differ. */
const OTHER_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['dim', ['axis']],
  ['keepdim', ['keepdims']],
  ['input', ['x', 'a', 'A', 'tensor']],
  ['other', ['y', 'x2']],
  ['A', ['input']],
  ['tensor', ['other']],
  ['src', ['other']],
  ['sections', ['indices_or_sections']],
  ['split_size_or_sections', ['split_size', 'split_sizes']],
  ['elements', ['element']],
  ['test_elements', ['test_element']],
  ['training', ['train']],
]);

/** Options that change where or how a result is computed, never what it is. */
const HINTS: ReadonlySet<string> = new Set([
  ...['device', 'layout', 'pin_memory', 'memory_format', 'non_blocking', 'copy', 'inplace', 'sparse'],
  ...['compute_mode', 'cudnn_enabled', '_stacklevel'],
]);

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
    return this.#isGiven(this.#find(name));
  }

  /** Positional arguments of a method. */
  listed(): readonly Attribute[] {
    return (this.#attributes['args'] as readonly Attribute[] | undefined) ?? [];
  }

  /** The tensor, or list of tensors, of an input; undefined when the case has none of that name. */
  tensor(name: string): unknown {
    const given = this.#find(name);
    this.#taken.add(given);
    return this.#tensors.get(given);
  }

  /** An attribute with its Python floats; undefined when the case has none of that name. */
  attribute(name: string): Attribute | undefined {
    const given = this.#find(name);
    this.#taken.add(given);
    return this.#attributes[given];
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

  /** As the call of a function with these parameters: self is the first of them, positional arguments the next. */
  named([first = '', ...rest]: readonly string[]): CallArguments {
    const { args: _, ...attributes } = this.#attributes;
    const tensors = [...this.#tensors].map(([name, tensor]) => [name === 'self' ? first : name, tensor] as const);
    const listed = this.listed().map((value, position) => [rest[position] ?? '', value] as const);
    for (const name of this.names()) this.#taken.add(name);
    return new CallArguments(new Map(tensors), { ...attributes, ...Object.fromEntries(listed) });
  }

  /** The names of all inputs and attributes. */
  names(): string[] {
    return [...new Set([...this.#tensors.keys(), ...Object.keys(this.#attributes)])].filter((name) => !HINTS.has(name));
  }

  /** Inputs and attributes that nothing asked for. */
  untaken(): string[] {
    return this.names().filter((name) => !this.#taken.has(name));
  }

  #isGiven(name: string): boolean {
    return this.#tensors.has(name) || name in this.#attributes;
  }

  #find(name: string): string {
    return [name, ...(OTHER_NAMES.get(name) ?? [])].find((each) => this.#isGiven(each)) ?? name;
  }
}

/** Whether a case may call a parameter by a name. */
export function answersTo({ name }: Parameter, given: string): boolean {
  return name === given || OTHER_NAMES.get(name)?.includes(given) === true;
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
