/** Makes the call that a case describes, by the row of its op: a signature line, or a function for what no line can say. */

import { bindArguments, type CallArguments } from './call-arguments.ts';
import { callFunction, callMethod, MissingError } from './library.ts';
import { parseSignature, type Signature, toCamelCase } from './signature.ts';

/** A row of the mapping: our signature, overloads of which the case's parameter names choose one, or the call written out. */
export type OpRow = string | readonly string[] | ((call: CallArguments) => unknown);

export type OpTable = Readonly<Record<string, OpRow>>;

const METHOD = 'torch.Tensor.';

/** Calls the op with the case's arguments; what it returns is not yet flattened. */
export async function callOp(op: string, call: CallArguments, table: OpTable): Promise<unknown> {
  const result = await (op.startsWith(METHOD) ? callTensorMethod(op, call, table) : callTorchFunction(op, call, table));
  const untaken = call.untaken();
  if (untaken.length > 0) throw new MissingError(`the mapping of ${op} ignores ${untaken.join(', ')}`);
  return result;
}

function callTorchFunction(op: string, call: CallArguments, table: OpTable): unknown {
  const row = findRow(op, table);
  if (typeof row === 'function') return row(call);
  const signature = chooseSignature(row, call);
  return callFunction(signature.name, bindArguments(signature, call));
}

/** A method without a row of its own has the parameters of the function of that name, less the first; `add_` those of `add`. */
function callTensorMethod(op: string, call: CallArguments, table: OpTable): unknown {
  const method = op.slice(METHOD.length);
  const own = table[op];
  const row = own ?? findRow(`torch.${method.replace(/_$/, '')}`, table, op);
  if (typeof row === 'function') {
    if (own !== undefined) return row(call);
    throw new MissingError(`no mapping for ${op}: its function is no plain call`);
  }
  const chosen = chooseSignature(row, call);
  const signature = own === undefined ? { name: toCamelCase(method), parameters: chosen.parameters.slice(1) } : chosen;
  const self = call.tensor('self');
  const target = method.endsWith('_') ? callMethod(self, 'clone', []) : self;
  const result = callMethod(target, signature.name, bindArguments(signature, call));
  return method.endsWith('_') ? target : result;
}

/** The first overload that has a parameter for every name of the case; the last one when none has. */
function chooseSignature(row: string | readonly string[], call: CallArguments): Signature {
  const signatures = (typeof row === 'string' ? [row] : row).map(parseSignature);
  const fits = ({ parameters }: Signature): boolean =>
    call.names().every((name) => IMPLICIT.has(name) || parameters.some((parameter) => parameter.name === name));
  return signatures.find(fits) ?? (signatures.at(-1) as Signature);
}

/** Names that stand for a position instead of a parameter. */
const IMPLICIT: ReadonlySet<string> = new Set(['self', 'args']);

function findRow(op: string, table: OpTable, wanted: string = op): OpRow {
  const row = table[op];
  if (row === undefined) throw new MissingError(`no mapping for ${wanted}`);
  return row;
}
