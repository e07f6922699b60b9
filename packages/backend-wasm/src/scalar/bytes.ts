/**
 * Expressions in lanes of 8 bits, sixteen elements a vector: bools (as masks) and integers of which only low bytes are read, or which are bytes, numbers from 0 to 255. What is
 * steady is computed as everywhere, and made bytes afterwards.
 */
import { constant, type Expression, intern, isFloatScalar, rewrite, topological, withArguments } from '@nn/backend';
import { type Code, i8x16, i16x8, v128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import type { Codes } from './emit.ts';

type Rows = { readonly [name: string]: ((x: Code, y: Code, z: Code, f: FunctionBuilder) => Code) | undefined };

const upper = (x: Code): Code => i16x8.shrU(x, 8);

/** Rows that read low bytes and give one. */
const wrapping: Rows = {
  add: i8x16.add,
  sub: i8x16.sub,
  // The products of lower bytes and of upper ones, in lanes of 16 bits.
  mul: (x, y, _, f) =>
    v128.bitselect(i16x8.mul(x, y), i16x8.shl(i16x8.mul(upper(x), upper(y)), 8), f.lanes('i32', 0x00ff00ff)),
  neg: i8x16.neg,
  not: v128.not,
};
/** Rows that do so too, and make bytes of bytes. */
const keeping: Rows = {
  and: v128.and,
  or: v128.or,
  xor: v128.xor,
  select: (mask, x, y) => v128.bitselect(x, y, mask),
};
/** Rows that are right for bytes alone, and give such. Of bools true is the largest. */
const comparing: Rows = {
  abs: (x) => x,
  max: i8x16.maxU,
  min: i8x16.minU,
  less: i8x16.ltU,
  lessEqual: i8x16.leU,
  equal: i8x16.eq,
};

/** For `emitTogether`. */
export const byteCodes: Codes = Object.fromEntries(
  Object.entries({ ...wrapping, ...keeping, ...comparing }).map(([name, code]) => [
    name,
    (f, _, args) => {
      const [x, y, z] = args.map(([part]) => part);
      return [code!(x!, y!, z!, f)];
    },
  ]),
);

/** The low byte of a steady node in every lane: a leaf that is given. */
const splat = (node: Expression): Expression => intern('splat', node.type, [node]);
const one = splat(constant(1, 'i32'));
/** Masks of the bytes that are not 0, and 0 and 1 of masks. */
const isOne = (x: Expression): Expression => intern('lessEqual', 'bool', [one, x]);
const zeroOrOne = (x: Expression): Expression => intern('and', 'i32', [x, one]);

/** Expressions that `byteCodes` serves; they read and give bools as they lie in memory. */
export interface InBytes {
  readonly roots: readonly Expression[];
  /** Leaves: what they need of steady nodes, their arguments. */
  readonly splats: readonly Expression[];
  /** Steady integers that have to be bytes, which shows when it runs; otherwise the roots are wrong. */
  readonly asked: ReadonlySet<Expression>;
}

/** The roots in lanes of 8 bits, to the same bits, or null. Inputs that vary are bytes. */
export function inBytes(roots: readonly Expression[], steady: ReadonlySet<Expression>): InBytes | null {
  const asked = new Set<Expression>();
  /** What steady integers have to be bytes so that a node is one; null: it may be none anyway. */
  const needs = new Map<Expression, readonly Expression[] | null>();
  for (const node of topological(...roots)) {
    const { op, type, args, value } = node;
    const each = args.map((arg) => needs.get(arg)!);
    const all = each.includes(null!) ? null : [...new Set(each.flat())];
    const isSmall = op === 'constant' && value >= 0 && value < 256;
    let own: readonly Expression[] | null = [];
    if (steady.has(node)) own = type === 'bool' || isSmall ? [] : op === 'constant' ? null : [node];
    else if (isFloatScalar(type)) return null;
    else if (op in wrapping) own = type === 'bool' ? [] : null;
    else if (op in keeping || (op === 'cast' && type !== 'bool')) own = all;
    else if (all !== null && (op in comparing || op === 'cast')) for (const integer of all) asked.add(integer);
    else if (op !== 'input') return null;
    needs.set(node, own);
  }
  const translated = roots.map((root) => {
    const bytes = rewrite(root, (node, args) => {
      if (steady.has(node)) return splat(node);
      if (node.op === 'cast' && node.args[0]!.type === 'bool') return zeroOrOne(args[0]!);
      const isMade = node.type === 'bool' && (node.op === 'input' || node.op === 'cast');
      return isMade ? isOne(args[0] ?? node) : withArguments(node, args);
    });
    return root.type === 'bool' ? zeroOrOne(bytes) : bytes;
  });
  return { roots: translated, splats: topological(...translated).filter(({ op }) => op === 'splat'), asked };
}
