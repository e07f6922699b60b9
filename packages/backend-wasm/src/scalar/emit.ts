/**
 * Expressions as vector code: one instruction or helper a node, four elements at a time, each node once. Leaves come from whoever emits the kernel.
 */
import { type Expression, expand, rewrite, type ScalarType, topological } from '@nn/backend';
import { type Code, type FunctionCode, type Local, V128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { castQuad } from './cast.ts';
import { coreRows } from './core-rows.ts';
import { dividedInDoubles } from './integers.ts';
import { peephole, shared } from './peephole.ts';
import { narrowMask, type Quad } from './quad.ts';

/** The vectors of an operand, a run-time number or the coordinate; called once a leaf. */
export type LeafCode = (leaf: Expression) => Quad;

/** Derived rows for which `math/` has code of its own in float32, because their meaning in core rows is many times longer. */
export const nativeRows = ['tanh', 'erf', 'erfc', 'ndtr', 'gelu', 'exp2', 'expm1', 'log1p'] as const;

/** Expressions as this backend sees them: down to rows for which there is code, and to those that a kind has a way of its own with. */
export const lower = (expression: Expression, own: (name: string) => boolean = () => false): Expression =>
  rewrite(
    shared(
      expand(
        expression,
        (name, type) => own(name) || (type === 'f32' && (nativeRows as readonly string[]).includes(name)),
      ),
    ),
    dividedInDoubles,
  );

/** Code by the names of rows. */
export type Codes = { readonly [name: string]: FunctionCode | undefined };

/** Values that are in variables already. */
export type Known = Map<Expression, readonly Local[]>;

/** One of several vectors that are computed together: what is known of it, and its leaves. */
export interface Copy {
  readonly known: Known;
  readonly leaf: LeafCode;
}

/**
 * Code that computes lowered expressions and leaves them in variables, entered in `known`. What `known` has already is not computed again, so that
 * a caller may compute what doesn't vary before a loop. `wanted` narrows it to some nodes.
 */
export const emit = (
  f: FunctionBuilder,
  roots: readonly Expression[],
  known: Known,
  leaf: LeafCode,
  wanted?: (node: Expression) => boolean,
): Code => emitTogether(f, roots, [{ known, leaf }], wanted);

/** The same for several vectors, node by node: where each has to wait for its own last result, another one's is at hand. Rows have code of their own for other lanes. */
export function emitTogether(
  f: FunctionBuilder,
  roots: readonly Expression[],
  copies: readonly Copy[],
  wanted: (node: Expression) => boolean = () => true,
  codes: Codes = coreRows,
): Code {
  const code: Code[] = [];
  for (const node of topological(...roots))
    for (const { known, leaf } of copies) {
      if (known.has(node) || !wanted(node)) continue;
      const parts = node.op === 'constant' ? null : quadOf(f, node, known, leaf, codes);
      if (parts === null) {
        known.set(node, constantLanes(f, node.type, node.value));
        continue;
      }
      const kept = parts.map(() => f.local(V128));
      code.push(parts.map((part, i) => kept[i]!.set(part)));
      known.set(node, kept);
    }
  return code;
}

/** The nodes below the roots in which nothing varies but leaves that the test allows. */
export function steadyNodes(
  roots: readonly Expression[],
  allows: (leaf: Expression) => boolean = () => false,
): ReadonlySet<Expression> {
  const steady = new Set<Expression>();
  for (const node of topological(...roots)) {
    const varies = node.op === 'input' || node.op === 'coordinate';
    if (varies ? allows(node) : node.args.every((arg) => steady.has(arg))) steady.add(node);
  }
  return steady;
}

/** Code for the nodes in which nothing varies but leaves that the test allows. */
export function emitSteady(
  f: FunctionBuilder,
  roots: readonly Expression[],
  known: Known,
  leaf: LeafCode,
  allows?: (leaf: Expression) => boolean,
): Code {
  const steady = steadyNodes(roots, allows);
  return emit(f, roots, known, leaf, (node) => steady.has(node));
}

/** A constant in every lane. */
export function constantLanes(f: FunctionBuilder, type: ScalarType, value: number): readonly Local[] {
  if (type === 'f64') {
    const both = f.lanes('f64', value);
    return [both, both];
  }
  if (type === 'f32') return [f.lanes('f32', value)];
  return [f.lanes('i32', type === 'bool' ? (value === 0 ? 0 : -1) : value)];
}

function quadOf(f: FunctionBuilder, node: Expression, known: Known, leaf: LeafCode, codes: Codes): Quad {
  if (node.args.length === 0) return leaf(node);
  const args = node.args.map((arg) => known.get(arg)!);
  if (node.op === 'cast') return castQuad(f, node.args[0]!.type, node.type, args[0]!);
  // Of doubles, the low words.
  if (node.op === 'bitcast') return args[0]!.length === 2 ? [narrowMask(args[0]![0]!, args[0]![1]!)] : args[0]!;
  const shorter = peephole(node, known);
  if (shorter !== null) return shorter;
  const type = node.op === 'select' ? node.type : node.args[0]!.type;
  return (codes[node.op] ?? f.module.codeOf!(node.op))(f, type, args);
}
