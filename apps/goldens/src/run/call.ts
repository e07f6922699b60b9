/** Makes the call that a case describes, by the row of its op: a signature line, or a function for what no line can say. */

import { canonicalName, placesOf } from '../ops/aliases.ts';
import { answersTo, bindArguments, type CallArguments } from './call-arguments.ts';
import { callFunction, callMethod, hasMethod, MissingError } from './library.ts';
import { parseSignature, type Signature, toCamelCase } from './signature.ts';

/** A row of the mapping: our signature, overloads of which the case's parameter names choose one, or the call written out. */
export type OpRow = string | readonly string[] | ((call: CallArguments) => unknown);

export type OpTable = Readonly<Record<string, OpRow>>;

const PREFIX = 'torch.';
const METHOD = 'torch.Tensor.';

/** Calls the op with the case's arguments; what it returns is not yet flattened. */
export async function callOp(op: string, call: CallArguments, table: OpTable): Promise<unknown> {
  const result = await (op.startsWith(METHOD) ? callTensorMethod(op, call, table) : callTorchFunction(op, call, table));
  const untaken = call.untaken();
  if (untaken.length > 0) throw new MissingError(`the mapping of ${op} ignores ${untaken.join(', ')}`);
  return result;
}

function callTorchFunction(op: string, call: CallArguments, table: OpTable): unknown {
  const row = findRow(op.slice(PREFIX.length), table, op);
  if (typeof row === 'function') return row(call);
  const signature = chooseSignature(row, call);
  return callFunction(signature.name, bindArguments(signature, call));
}

/** A method without a row of its own has the parameters of the function of that name, less the first; `add_` those of `add`. */
function callTensorMethod(op: string, call: CallArguments, table: OpTable): unknown {
  const own = table[op];
  const method = own === undefined ? canonicalName(op.slice(METHOD.length)) : op.slice(METHOD.length);
  const row = own ?? findRow(method.replace(/_$/, ''), table, op);
  if (typeof row === 'function') {
    if (own !== undefined) return row(call);
    throw new MissingError(`no mapping for ${op}: its function is no plain call`);
  }
  const chosen = chooseSignature(row, call);
  const rest = chosen.parameters.slice(1);
  const signature = own === undefined ? { name: toCamelCase(method), parameters: rest } : chosen;
  const self = call.tensor('self');
  const inPlace = method.endsWith('_');
  const args = bindArguments(signature, call);
  // What is a method in PyTorch and only a function here.
  if (own === undefined && !inPlace && !hasMethod(self, signature.name))
    return callFunction(chosen.name, [self, ...args]);
  const target = inPlace ? callMethod(self, 'clone', []) : self;
  const result = callMethod(target, signature.name, args);
  return inPlace ? target : result;
}

/** The first overload that has a parameter for every name of the case; the last one when none has. */
function chooseSignature(row: string | readonly string[], call: CallArguments): Signature {
  const signatures = (typeof row === 'string' ? [row] : row).map(parseSignature);
  return signatures.find((signature) => fits(signature, call)) ?? (signatures.at(-1) as Signature);
}

/** A boolean as the first positional argument of a method is for a flag. */
function fits({ parameters }: Signature, call: CallArguments): boolean {
  const [first] = call.listed();
  if (first !== undefined && (typeof first === 'boolean') !== (parameters[1]?.kind === 'flag')) return false;
  return call.names().every((name) => IMPLICIT.has(name) || parameters.some((parameter) => answersTo(parameter, name)));
}

/** Names that stand for a position instead of a parameter. */
const IMPLICIT: ReadonlySet<string> = new Set(['self', 'args']);

function findRow(name: string, table: OpTable, wanted: string): OpRow {
  const place = placesOf(name).find((each) => table[PREFIX + each] !== undefined);
  if (place === undefined) throw new MissingError(`no mapping for ${wanted}`);
  return table[PREFIX + place] as OpRow;
}
