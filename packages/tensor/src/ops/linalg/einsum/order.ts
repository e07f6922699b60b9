/**
 * In which order to contract more than two operands: by dynamic programming over subsets where there are few (the least total of multiplications), greedily otherwise
 * (Pfeifer, Haegeman & Verstraete 2014; opt_einsum calls the two `optimal` and `greedy`). Knows labels and sizes only.
 */
import type { Label } from './parse.ts';

/** Operands to contract next: positions in the list of those left; the product goes to the end of it. */
export type Step = readonly [number, number];

const exhaustive = 8;

export function contractionOrder(
  operands: readonly (readonly Label[])[],
  result: readonly Label[],
  sizes: ReadonlyMap<Label, number>,
): Step[] {
  return operands.length <= 2
    ? operands.slice(1).map(() => [0, 1] as const)
    : operands.length <= exhaustive
      ? best(operands, result, sizes)
      : greedy(operands, result, sizes);
}

const volume = (labels: Iterable<Label>, sizes: ReadonlyMap<Label, number>): number => {
  let product = 1;
  for (const label of labels) product *= sizes.get(label)!;
  return product;
};

/** Labels that remain after contracting: those that the result or another operand needs. */
const remaining = (joined: ReadonlySet<Label>, others: Iterable<Label>, result: readonly Label[]): Set<Label> => {
  const needed = new Set([...others, ...result]);
  return new Set([...joined].filter((label) => needed.has(label)));
};

interface Plan {
  readonly cost: number;
  readonly labels: ReadonlySet<Label>;
  /** The two subsets that are contracted last; null for one operand. */
  readonly split: readonly [number, number] | null;
}

function best(
  operands: readonly (readonly Label[])[],
  result: readonly Label[],
  sizes: ReadonlyMap<Label, number>,
): Step[] {
  const full = 2 ** operands.length - 1;
  const plans = new Map<number, Plan>();
  for (const [i, labels] of operands.entries()) plans.set(2 ** i, { cost: 0, labels: new Set(labels), split: null });
  for (let subset = 1; subset <= full; subset++) {
    if (plans.has(subset)) continue;
    const outside = operands.filter((_, i) => (subset & (2 ** i)) === 0).flat();
    let found: Plan | null = null;
    for (let left = (subset - 1) & subset; left > 0; left = (left - 1) & subset) {
      const right = subset ^ left;
      if (left < right) continue;
      const [p, q] = [plans.get(left)!, plans.get(right)!];
      const joined = new Set([...p.labels, ...q.labels]);
      const cost = p.cost + q.cost + volume(joined, sizes);
      if (found === null || cost < found.cost)
        found = { cost, labels: remaining(joined, outside, result), split: [left, right] };
    }
    plans.set(subset, found!);
  }
  return toSteps(plans, full, operands.length);
}

/** The tree of subsets as steps on a shrinking list. */
function toSteps(plans: ReadonlyMap<number, Plan>, full: number, count: number): Step[] {
  const list = Array.from({ length: count }, (_, i) => 2 ** i);
  const steps: Step[] = [];
  const visit = (subset: number): void => {
    const { split } = plans.get(subset)!;
    if (split === null) return;
    visit(split[0]);
    visit(split[1]);
    const [i, j] = [list.indexOf(split[0]), list.indexOf(split[1])].sort((p, q) => p - q) as [number, number];
    steps.push([i, j]);
    list.splice(j, 1);
    list.splice(i, 1);
    list.push(subset);
  };
  visit(full);
  return steps;
}

function greedy(
  operands: readonly (readonly Label[])[],
  result: readonly Label[],
  sizes: ReadonlyMap<Label, number>,
): Step[] {
  const list = operands.map((labels) => new Set(labels));
  const steps: Step[] = [];
  while (list.length > 1) {
    let choice: { i: number; j: number; gain: number; labels: Set<Label> } | null = null;
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++) {
        const others = list.filter((_, k) => k !== i && k !== j).flatMap((labels) => [...labels]);
        const labels = remaining(new Set([...list[i]!, ...list[j]!]), others, result);
        const gain = volume(list[i]!, sizes) + volume(list[j]!, sizes) - volume(labels, sizes);
        if (choice === null || gain > choice.gain) choice = { i, j, gain, labels };
      }
    const { i, j, labels } = choice!;
    steps.push([i, j]);
    list.splice(j, 1);
    list.splice(i, 1);
    list.push(labels);
  }
  return steps;
}
