/** Modules of torch.nn as modules of our library: constructed from the arguments that a case or a line of Python gives. */

import { type Attribute, type AttributeRecord, toPlain } from '../format/python-float.ts';
import { moduleConstructors, moduleForwards } from '../ops/modules.ts';
import { bindArguments, CallArguments } from './call-arguments.ts';
import { callMethod, construct, MissingError } from './library.ts';
import { parseSignature } from './signature.ts';

/** The class name of `torch.nn.Linear`; undefined when the op is no module. */
export function moduleName(op: string): string | undefined {
  return /^torch\.nn\.([A-Z]\w*)$/.exec(op)?.[1];
}

/** Constructs a module as Python would, from arguments by name and by position. */
export function constructModule(
  name: string,
  keywords: Readonly<Record<string, unknown>>,
  positional: readonly unknown[] = [],
): unknown {
  const row = moduleConstructors[name];
  if (row === undefined) throw new MissingError(`no mapping for torch.nn.${name}`);
  const signature = parseSignature(row);
  const byPosition = positional.map((value, position) => [signature.parameters[position]?.name ?? '', value] as const);
  const call = new CallArguments(new Map([...byPosition, ...Object.entries(keywords)]), {});
  const args = bindArguments(signature, call);
  refuseUntaken(`torch.nn.${name}`, call);
  return construct(signature.name, args);
}

/** Calls forward; `tensors` are the inputs of the call in order, `attributes` its further arguments. */
export function callForward(
  module: unknown,
  name: string,
  tensors: ReadonlyMap<string, unknown>,
  attributes: AttributeRecord,
): unknown {
  const call = new CallArguments(tensors, attributes);
  const row = moduleForwards[name];
  const args = row === undefined ? callInOrder(call) : bindArguments(parseSignature(row), call);
  refuseUntaken(`the forward of torch.nn.${name}`, call);
  return callMethod(module, 'forward', args);
}

function callInOrder(call: CallArguments): unknown[] {
  return call.names().map((name) => call.tensor(name) ?? toPlain(call.attribute(name) as Attribute));
}

function refuseUntaken(what: string, call: CallArguments): void {
  const untaken = call.untaken();
  if (untaken.length > 0) throw new MissingError(`the mapping of ${what} ignores ${untaken.join(', ')}`);
}
