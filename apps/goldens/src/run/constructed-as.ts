/**
 * A module from the line of Python that constructs it. Classes of torch.nn come from the table of constructors,
 * containers and the network of the examples are built here.
 */

import { isPythonCall, type PythonCall, type PythonValue, parsePythonExpression } from '../format/python-expression.ts';
import { PythonFloat } from '../format/python-float.ts';
import { MLP } from '../programs/example-modules.ts';
import { callFunction, construct } from './library.ts';
import { constructModule } from './modules.ts';

type Build = (call: PythonCall) => unknown;

const BUILDERS: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['Sequential', (call) => construct('Sequential', call.positional.map(evaluate))],
  ['ModuleList', (call) => construct('ModuleList', call.positional.map(evaluate))],
  ['ModuleDict', (call) => construct('ModuleDict', call.positional.map(evaluate))],
  ['OrderedDict', (call) => evaluateKeywords(call)],
  ['MLP', ({ positional }) => new MLP(...(positional as [number, number, number]))],
  ['weight_norm', (call) => callFunction('weightNorm', call.positional.map(evaluate))],
]);

/** Builds the module that an expression such as `Sequential(Linear(3, 4), ReLU())` constructs. */
export function constructFromPython(text: string): unknown {
  return evaluate(parsePythonExpression(text));
}

function evaluate(value: PythonValue): unknown {
  if (isPythonCall(value)) return (BUILDERS.get(value.name) ?? buildModule)(value);
  if (value instanceof PythonFloat) return value.value;
  return Array.isArray(value) ? value.map(evaluate) : value;
}

function buildModule(call: PythonCall): unknown {
  return constructModule(call.name, evaluateKeywords(call), call.positional.map(evaluate));
}

function evaluateKeywords({ keywords }: PythonCall): Record<string, unknown> {
  return Object.fromEntries(Object.entries(keywords).map(([name, value]) => [name, evaluate(value)]));
}

const CHILD_LINE = /^ {2}\((\w+)\): (.+)$/;

/** Builds a flat Sequential from its printed form; undefined for any other module. */
export function constructFromRepr(text: string): unknown {
  const [first, ...lines] = text.trim().split('\n');
  if (first !== 'Sequential(' || lines.pop() !== ')') return undefined;
  const children = lines.map((line) => CHILD_LINE.exec(line));
  if (!children.every((match) => match !== null)) return undefined;
  return construct(
    'Sequential',
    children.map(([, , child = '']) => constructFromPython(child)),
  );
}
