/** Finds plans by pointer: a chain of eight on the op, then a map by hash, then the planner. */
import { NnError } from '@nn/backend';
import { copyOp } from './copy.ts';
import type { Layout } from './layout.ts';
import type { Op, OpKind } from './op.ts';
import type { Plan } from './plan.ts';
import { planRows, planScan, planSort } from './plan-axis.ts';
import { planGather, planScatter } from './plan-index.ts';
import { planMap, planReduce } from './plan-map.ts';
import { planMatmul } from './plan-matmul.ts';
import { onDefaultDType } from './promotion.ts';

type Planner = (op: never, inputs: readonly Layout[]) => Plan;

/** How each graph op is planned; null: never launched. */
const planners: { readonly [K in OpKind]: Planner | null } = {
  leaf: null,
  view: null,
  write: null,
  custom: null,
  map: planMap,
  reduce: planReduce,
  rows: planRows,
  matmul: planMatmul,
  gather: planGather,
  scatter: (op: Op<'scatter'>, inputs) => planScatter(op, inputs, (layout) => planFor(copyOp, layout, null, null)),
  scan: planScan,
  sort: planSort,
};

/** Ops that have plans. */
const planned = new Set<Op>();

// Integers that become floats become the default dtype, so plans depend on it.
onDefaultDType.add(() => {
  for (const op of planned) {
    op.plans = null;
    op.count = 0;
    op.more.clear();
  }
  planned.clear();
});

const chainLength = 8;
const mapLimit = 1024;

/** The plan of an op on up to three layouts. */
export function planFor(op: Op, la: Layout, lb: Layout | null, lc: Layout | null): Plan {
  for (let p = op.plans; p !== null; p = p.next) if (p.la === la && p.lb === lb && p.lc === lc) return p;
  const hash =
    (Math.imul(Math.imul(la.id + 7, 31) + (lb === null ? 0 : lb.id), 31) + (lc === null ? 0 : lc.id)) & 0x3fffffff;
  const known = op.more.get(hash);
  if (known !== undefined && known.la === la && known.lb === lb && known.lc === lc) return known;
  const made = plan(op, lc !== null ? [la, lb!, lc] : lb !== null ? [la, lb] : [la]);
  if (op.count < chainLength) {
    op.count++;
    made.next = op.plans;
    op.plans = made;
  } else store(op, hash, made);
  return made;
}

/** The plan of an op on any number of layouts. */
export function planForMany(op: Op, inputs: readonly Layout[], make: () => Plan = () => plan(op, inputs)): Plan {
  let hash = inputs.length;
  for (const layout of inputs) hash = (Math.imul(hash, 31) + layout.id) & 0x3fffffff;
  hash |= 0x40000000;
  const known = op.more.get(hash);
  if (known !== undefined && known.inputs.length === inputs.length && known.inputs.every((l, i) => l === inputs[i]))
    return known;
  const made = make();
  store(op, hash, made);
  return made;
}

function store(op: Op, hash: number, made: Plan): void {
  if (op.more.size >= mapLimit) op.more.clear();
  op.more.set(hash, made);
}

function plan(op: Op, inputs: readonly Layout[]): Plan {
  planned.add(op);
  const planner = planners[op.kind];
  if (planner === null) throw new NnError(op.name, `${op.kind} is never launched`);
  return planner(op as never, inputs);
}
