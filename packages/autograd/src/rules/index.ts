/** The exhaustive table: one gradient rule a graph op. A graph op without a rule doesn't compile. */
import { NnError } from '@nn/backend';
import type { OpKind, Plan } from '@nn/tensor/internal';
import { scanRule, sortRule } from './axis.ts';
import { convRule } from './conv.ts';
import { gatherRule, scatterRule } from './indexing.ts';
import { mapRule } from './map.ts';
import { matmulRule } from './matmul.ts';
import { reduceRule } from './reduce.ts';
import { rowsRule } from './rows.ts';
import type { Rule } from './rule.ts';
import { viewRule, writeRule } from './views.ts';

/** Leaves end the walk and custom functions bring their own backward: the engine treats both. */
const outside: Rule<'leaf' | 'custom'> = {
  needs: () => 0,
  apply: (node) => {
    throw new NnError(node.plan.op.name, 'has no rule of its own; the engine handles it');
  },
};

export const rules: { readonly [K in OpKind]: Rule<K> } = {
  leaf: outside,
  custom: outside,
  map: mapRule,
  reduce: reduceRule,
  rows: rowsRule,
  matmul: matmulRule,
  conv: convRule,
  gather: gatherRule,
  scatter: scatterRule,
  scan: scanRule,
  sort: sortRule,
  view: viewRule,
  write: writeRule,
};

export const needs = (plan: Plan, j: number): number => rules[plan.op.kind].needs(plan, j);
