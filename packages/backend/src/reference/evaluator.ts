/**
 * Evaluates expressions over blocks of elements, one loop a node: no code is generated at run time, so it works under any content
 * security policy, and a block of floats costs about a nanosecond a node and element. Knows registers, not operands or strides.
 */
import type { ScalarType } from '../dtype.ts';
import type { CoreName } from '../scalar/core.ts';
import { expand } from '../scalar/differentiate.ts';
import { type Expression, topological } from '../scalar/expression.ts';
import { bitcastLoop, castLoop, type Loop, loopOf, type Register } from './loops.ts';

/** Elements evaluated at a time: registers of a kernel stay in the first-level cache. */
export const blockLength = 1024;

const makers: { readonly [T in ScalarType]: () => Register } = {
  f32: () => new Float32Array(blockLength),
  f64: () => new Float64Array(blockLength),
  i32: () => new Int32Array(blockLength),
  u32: () => new Uint32Array(blockLength),
  bool: () => new Uint8Array(blockLength),
};

/** Scratch registers, shared by all evaluators: they hold nothing between runs. */
const scratch: { readonly [T in ScalarType]: Register[] } = { f32: [], f64: [], i32: [], u32: [], bool: [] };

interface Step {
  readonly loop: Loop;
  readonly out: Register;
  readonly x: Register;
  readonly y: Register;
  readonly z: Register;
}

export class Evaluator {
  /** Registers to fill before `run`: by input index. Absent: the expressions don't read that input. */
  readonly inputs: ReadonlyMap<number, Register>;
  /** One register an expression, valid after `run` until the next evaluator runs. */
  readonly outputs: readonly Register[];
  readonly #steps: Step[] = [];
  readonly #constants: { register: Register; value: number }[] = [];
  readonly #scalars: { register: Register; index: number }[] = [];
  readonly #coordinate: Register | null;

  constructor(expressions: readonly Expression[]) {
    const roots = expressions.map((expression) => expand(expression));
    const nodes = topological(...roots);
    const lastUse = lastUses(nodes, roots);
    const registers = new Map<Expression, Register>();
    const taken: Record<ScalarType, number> = { f32: 0, f64: 0, i32: 0, u32: 0, bool: 0 };
    const free: Record<ScalarType, Register[]> = { f32: [], f64: [], i32: [], u32: [], bool: [] };
    const take = (type: ScalarType): Register => {
      const recycled = free[type].pop();
      if (recycled !== undefined) return recycled;
      scratch[type][taken[type]] ??= makers[type]();
      return scratch[type][taken[type]++]!;
    };
    const inputs = new Map<number, Register>();
    let coordinate: Register | null = null;
    nodes
      .filter((node) => node.args.length === 0)
      .forEach((node) => {
        const register = take(node.type);
        registers.set(node, register);
        if (node.op === 'input') inputs.set(node.value, register);
        else if (node.op === 'constant') this.#constants.push({ register, value: node.value });
        else if (node.op === 'scalar') this.#scalars.push({ register, index: node.value });
        else if (node.op === 'coordinate') coordinate = register;
      });
    for (const [position, node] of nodes.entries()) {
      if (node.args.length === 0) continue;
      const [x, y, z] = node.args.map((arg) => registers.get(arg)!);
      const out = take(node.type);
      registers.set(node, out);
      this.#steps.push({ loop: loopFor(node), out, x: x!, y: y ?? x!, z: z ?? x! });
      for (const arg of new Set(node.args))
        if (arg.args.length > 0 && lastUse.get(arg) === position) free[arg.type].push(registers.get(arg)!);
    }
    this.inputs = inputs;
    this.outputs = roots.map((root) => registers.get(root)!);
    this.#coordinate = coordinate;
  }

  /** Fills the registers of constants and run-time scalars for blocks of up to `n` elements; once a launch. */
  prepare(n: number, scalars: readonly number[]): void {
    const length = Math.min(n, blockLength);
    for (const { register, value } of this.#constants) register.fill(value, 0, length);
    for (const { register, index } of this.#scalars) register.fill(scalars[index]!, 0, length);
  }

  /** Evaluates the first `n` elements, the first of which has the given coordinate. */
  run(n: number, start: number): void {
    const coordinate = this.#coordinate;
    if (coordinate !== null) for (let i = 0; i < n; i++) coordinate[i] = start + i;
    for (const step of this.#steps) step.loop(n, step.out, step.x, step.y, step.z);
  }
}

/** Position of the last reader of each node; roots are read after the end. */
function lastUses(nodes: readonly Expression[], roots: readonly Expression[]): Map<Expression, number> {
  const last = new Map<Expression, number>();
  for (const [position, node] of nodes.entries()) for (const arg of node.args) last.set(arg, position);
  for (const root of roots) last.set(root, nodes.length);
  return last;
}

function loopFor(node: Expression): Loop {
  if (node.op === 'cast') return castLoop(node.args[0]!.type, node.type);
  if (node.op === 'bitcast') return bitcastLoop;
  const operand = node.op === 'select' ? node.args[1]! : node.args[0]!;
  return loopOf(node.op as CoreName, operand.type);
}
