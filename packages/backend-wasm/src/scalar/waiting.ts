/**
 * Where most steps of an expression need the result of the one before, a processor stands still unless it has other vectors to go on with. It finds some by itself, as
 * far as it looks ahead, which is not beyond two functions one after the other.
 */
import { type Expression, isFloatScalar, topological } from '@nn/backend';
import { nativeRows } from './emit.ts';

/** Functions of floats with code of some twenty steps that wait for each other. */
const functions: ReadonlySet<string> = new Set(['exp', 'log', 'sin', 'cos', ...nativeRows]);

const isFunction = ({ op, type }: Expression): boolean => functions.has(op) && isFloatScalar(type);

/** How many vectors to compute together, node by node; 1 where nothing waits for long. */
export function vectorsThatWait(roots: readonly Expression[]): number {
  const nodes = topological(...roots);
  const depthBy = (weight: (node: Expression) => number): number => {
    const depths = new Map<Expression, number>();
    for (const node of nodes) depths.set(node, weight(node) + Math.max(0, ...node.args.map((arg) => depths.get(arg)!)));
    return Math.max(...depths.values());
  };
  if (depthBy((node) => (isFunction(node) ? 1 : 0)) > 1) return 8;
  const depth = depthBy(({ args }) => Math.min(1, args.length));
  return nodes.length > 24 && nodes.length < 3 * depth ? 4 : 1;
}
