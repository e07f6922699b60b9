/**
 * Evaluates arithmetic over tensors, as formulas and printed expressions of cases are written: `sum(x^3)/3 + prod(x)`,
 * `x @ x`, `-x.exp()`. Functions and methods are the library's of that name; a list of numbers is a tensor.
 */

import { type Tensor, tensor } from '@nn/tensor';
import { callFunction, callMethod } from '../run/library.ts';
import { toCamelCase } from '../run/signature.ts';

type Value = Tensor | number;

const TOKEN = /\s*(\d+(?:\.\d*)?|\.\d+|[A-Za-z_]\w*|\*\*|[-+*/@^().,[\]])\s*/y;
const SUMS: Operators = { '+': ['add', (a, b) => a + b], '-': ['sub', (a, b) => a - b] };
const PRODUCTS: Operators = { '*': ['mul', (a, b) => a * b], '/': ['div', (a, b) => a / b], '@': ['matmul'] };
const POWERS: Operators = { '^': ['pow', (a, b) => a ** b], '**': ['pow', (a, b) => a ** b] };

type Operators = Readonly<Record<string, readonly [name: string, ofNumbers?: (a: number, b: number) => number]>>;

export class ArithmeticError extends Error {
  override readonly name: string = 'ArithmeticError';
}

/** The value of an expression in `x`. */
export function evaluateArithmetic(text: string, x: Tensor): Value {
  const reader = new Reader(text, x);
  return reader.read();
}

class Reader {
  readonly #tokens: string[] = [];
  readonly #x: Tensor;

  constructor(text: string, x: Tensor) {
    this.#x = x;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const start = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw new ArithmeticError(`can't read "${text.slice(start)}"`);
      this.#tokens.push(token);
    }
  }

  read(): Value {
    const value = this.#sum();
    if (this.#tokens.length > 0) throw new ArithmeticError(`"${this.#tokens[0]}" follows the expression`);
    return value;
  }

  #sum(): Value {
    return this.#chain(SUMS, () => this.#chain(PRODUCTS, () => this.#signed()));
  }

  #chain(operators: Operators, operand: () => Value): Value {
    let value = operand();
    while (Object.hasOwn(operators, this.#tokens[0] ?? '')) {
      value = combine(operators, this.#tokens.shift() as string, value, operand());
    }
    return value;
  }

  /** A sign binds less than a power before it and more than one after it, as in Python. */
  #signed(): Value {
    if (this.#take('-')) return negate(this.#signed());
    const base = this.#called();
    const operator = this.#tokens[0] ?? '';
    if (!Object.hasOwn(POWERS, operator)) return base;
    this.#tokens.shift();
    return combine(POWERS, operator, base, this.#signed());
  }

  #called(): Value {
    let value = this.#atom();
    while (this.#take('.')) {
      const method = toCamelCase(this.#tokens.shift() ?? '');
      this.#expect('(');
      value = callMethod(value, method, this.#list(')')) as Value;
    }
    return value;
  }

  #atom(): Value {
    const token = this.#tokens.shift() ?? 'the end';
    if (/^[\d.]/.test(token)) return Number(token);
    if (token === '[') return tensor(this.#list(']') as number[]);
    if (token === '(') {
      const value = this.#sum();
      this.#expect(')');
      return value;
    }
    if (!/^\w/.test(token)) throw new ArithmeticError(`expected a value, found "${token}"`);
    if (this.#take('(')) return callFunction(toCamelCase(token), this.#list(')')) as Value;
    if (token !== 'x') throw new ArithmeticError(`the name ${token} has no value`);
    return this.#x;
  }

  #list(end: string): Value[] {
    const values: Value[] = [];
    while (!this.#take(end)) {
      values.push(this.#sum());
      if (!this.#take(',') && this.#tokens[0] !== end) throw new ArithmeticError(`expected "," or "${end}"`);
    }
    return values;
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new ArithmeticError(`expected "${token}", found "${this.#tokens[0] ?? 'the end'}"`);
  }
}

function combine(operators: Operators, operator: string, left: Value, right: Value): Value {
  const [name = '', ofNumbers] = operators[operator] ?? [];
  if (typeof left === 'number' && typeof right === 'number' && ofNumbers) return ofNumbers(left, right);
  return callFunction(name, [left, right]) as Value;
}

function negate(value: Value): Value {
  return typeof value === 'number' ? -value : (callFunction('neg', [value]) as Value);
}
