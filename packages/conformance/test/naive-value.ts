/** The value of a scalar expression by recursion, one element at a time: nothing shared with any backend. */
import { type Expression, expand, type ScalarType } from '@nn/backend';

export interface Environment {
  readonly inputs: (index: number) => number;
  readonly scalars: readonly number[];
  readonly coordinate: number;
}

/** Makes the function that evaluates an expression. */
export function naiveValue(expression: Expression): (environment: Environment) => number {
  const root = expand(expression);
  return (environment) => evaluate(root, environment, new Map());
}

function evaluate(node: Expression, environment: Environment, known: Map<Expression, number>): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  const value = stored(compute(node, environment, known), node.type);
  known.set(node, value);
  return value;
}

/** As the type holds it. */
function stored(x: number, type: ScalarType): number {
  switch (type) {
    case 'f32':
      return Math.fround(x);
    case 'i32':
      return x | 0;
    case 'u32':
      return x >>> 0;
    default:
      return x;
  }
}

function compute(node: Expression, environment: Environment, known: Map<Expression, number>): number {
  const args = node.args.map((arg) => evaluate(arg, environment, known));
  const [x, y, z] = args as [number, number, number];
  const float = node.args[0]?.type.startsWith('f') ?? false;
  switch (node.op) {
    case 'input':
      return environment.inputs(node.value);
    case 'scalar':
      return environment.scalars[node.value]!;
    case 'constant':
      return node.value;
    case 'coordinate':
      return environment.coordinate;
    case 'cast':
      return castValue(x, node.args[0]!.type, node.type);
    case 'add':
      return x + y;
    case 'sub':
      return x - y;
    case 'mul':
      return float ? x * y : Math.imul(x, y);
    case 'div':
      return x / y;
    case 'neg':
      return -x;
    case 'abs':
      return Math.abs(x);
    case 'max':
      return Math.max(x, y);
    case 'min':
      return Math.min(x, y);
    case 'sqrt':
      return Math.sqrt(x);
    case 'exp':
      return Math.exp(x);
    case 'log':
      return Math.log(x);
    case 'and':
      return x & y;
    case 'or':
      return x | y;
    case 'xor':
      return x ^ y;
    case 'shiftLeft':
      return x << y;
    case 'shiftRight':
      return node.type === 'u32' ? x >>> y : x >> y;
    case 'less':
      return x < y ? 1 : 0;
    case 'equal':
      return x === y ? 1 : 0;
    case 'floor':
      return Math.floor(x);
    case 'bitcast':
      return bitsOf(x, node.args[0]!.type, node.type);
    case 'select':
      return x !== 0 ? y : z;
    default:
      throw new Error(`the naive evaluator has no ${node.op}: add it`);
  }
}

const view = new DataView(new ArrayBuffer(4));

function bitsOf(x: number, from: ScalarType, to: ScalarType): number {
  if (from === 'f32') view.setFloat32(0, x);
  else view.setUint32(0, x);
  if (to === 'f32') return view.getFloat32(0);
  return to === 'i32' ? view.getInt32(0) : view.getUint32(0);
}

function castValue(x: number, from: ScalarType, to: ScalarType): number {
  if (to === 'bool') return x === 0 ? 0 : 1;
  if (!from.startsWith('f') || to.startsWith('f')) return x;
  const [least, most] = to === 'u32' ? [0, 4294967295] : [-2147483648, 2147483647];
  return Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), least), most);
}
