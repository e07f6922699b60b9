/** The exhaustive table: one gradient rule a graph op, but for those that bring their own. A graph op without a rule doesn't compile. */
import { NnError } from '@nn/backend';
import type { CommonKind, OpKind, Plan, Rule } from '@nn/tensor/internal';
import { gatherRule, scatterRule } from './indexing.ts';
import { mapRule } from './map.ts';
import { matmulRule } from './matmul.ts';
import { reduceRule } from './reduce.ts';
import { rowsRule } from './rows.ts';
import { viewRule, writeRule } from './views.ts';

/** Leaves end the walk and custom functions bring their own backward: the engine treats both. */
const outside: Rule<'leaf' | 'custom'> = {
  needs: () => 0,
  apply: (node) => {
    throw new NnError(node.plan.op.name, 'has no rule of its own; the engine handles it');
  },
};

const rules: { readonly [K in CommonKind]: Rule<K> } = {
  leaf: outside,
  custom: outside,
  map: mapRule,
  reduce: reduceRule,
  rows: rowsRule,
  matmul: matmulRule,
  gather: gatherRule,
  scatter: scatterRule,
  view: viewRule,
  write: writeRule,
};

export const ruleOf = ({ op }: Plan): Rule<OpKind> => (op.own === null ? rules[op.kind as CommonKind] : op.own.rule);

export const needs = (plan: Plan, j: number): number => ruleOf(plan).needs(plan, j);
