/** Finds plans by pointer: a chain of eight on the op, then a map by hash, then the planner. */
import { DTypeError, NnError } from '@nn/backend';
import { copyOp } from './copy.ts';
import { dropped, type Layout } from './layout.ts';
import type { CommonKind, Op } from './op.ts';
import type { Plan } from './plan.ts';
import { planGather, planScatter } from './plan-index.ts';
import { planMap, planReduce } from './plan-map.ts';
import { planMatmul } from './plan-matmul.ts';
import { planRows } from './plan-rows.ts';
import { onDefaultDType } from './promotion.ts';

type Planner = (op: never, inputs: readonly Layout[]) => Plan;

/** How each graph op is planned that doesn't bring its own; null: never launched. */
const planners: { readonly [K in CommonKind]: Planner | null } = {
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
};

/** Ops that have plans. Not held: gradient rules make ops for a single plan, which go when it goes. */
let planned: WeakRef<Op>[] = [];
/** How many there may be before those that are gone are taken out. */
let room = 1024;
/** How often layouts had been dropped when plans last were. */
let seen = 0;

/** Remembers an op that gets its first plan. */
function enlist(op: Op): void {
  if (planned.length >= room) {
    planned = planned.filter((each) => each.deref() !== undefined);
    room = Math.max(1024, 2 * planned.length);
  }
  planned.push(new WeakRef(op));
}

function forgetPlans(): void {
  for (const each of planned) {
    const op = each.deref();
    if (op === undefined) continue;
    op.plans = null;
    op.count = 0;
    op.more.clear();
  }
  planned = [];
}

// Integers that become floats become the default dtype, so plans depend on it.
onDefaultDType.add(forgetPlans);

/** Plans go when layouts go: they hold them, and with them backends. */
function followLayouts(): void {
  if (seen === dropped.times) return;
  seen = dropped.times;
  forgetPlans();
}

const chainLength = 8;
const mapLimit = 1024;
/** 2^32 over the golden ratio: numbers of layouts that lie near each other, as those of one algorithm do, give hashes that don't. */
const spread = 0x9e3779b1;

/** Makes a plan; the table's planner unless an op is used in a way of its own. */
type Make = (op: Op, inputs: readonly Layout[]) => Plan;

/** The plan of an op on up to three layouts. */
export function planFor(op: Op, la: Layout, lb: Layout | null, lc: Layout | null, make: Make = plan): Plan {
  for (let p = op.plans; p !== null; p = p.next) if (p.la === la && p.lb === lb && p.lc === lc) return p;
  return planBeyond(op, la, lb, lc, make);
}

/** Beyond the chain: the map, then the planner. */
function planBeyond(op: Op, la: Layout, lb: Layout | null, lc: Layout | null, make: Make): Plan {
  if (la === undefined || lb === undefined || lc === undefined)
    throw new DTypeError(op.name, 'an operand is no tensor; make a tensor of it with tensor(…)');
  const hash =
    (Math.imul(Math.imul(la.id + 7, spread) + (lb === null ? 0 : lb.id), spread) + (lc === null ? 0 : lc.id)) &
    0x1fffffff;
  if (op.count === chainLength) {
    const known = op.more.get(hash);
    if (known !== undefined && known.la === la && known.lb === lb && known.lc === lc) return known;
  }
  followLayouts();
  const made = make(op, lc !== null ? [la, lb!, lc] : lb !== null ? [la, lb] : [la]);
  if (op.plans === null) enlist(op);
  if (op.count < chainLength) {
    op.count++;
    made.next = op.plans;
    op.plans = made;
  } else store(op, hash, made);
  return made;
}

/** The plan of an op on the layouts of any number of inputs. */
export function planForMany(op: Op, inputs: readonly { readonly layout: Layout }[], make: Make = plan): Plan {
  const n = inputs.length;
  if (n <= 3 && n > 0)
    return planFor(op, inputs[0]!.layout, n > 1 ? inputs[1]!.layout : null, n > 2 ? inputs[2]!.layout : null, make);
  let hash = n;
  for (let i = 0; i < n; i++) hash = (Math.imul(hash, spread) + inputs[i]!.layout.id) & 0x1fffffff;
  // Apart from plans of few inputs.
  hash |= 0x20000000;
  const known = op.more.get(hash);
  if (known !== undefined && fits(known, inputs)) return known;
  followLayouts();
  const made = make(
    op,
    inputs.map((t) => t.layout),
  );
  if (op.more.size === 0) enlist(op);
  store(op, hash, made);
  return made;
}

function fits(p: Plan, inputs: readonly { readonly layout: Layout }[]): boolean {
  if (p.inputs.length !== inputs.length) return false;
  for (let i = 0; i < inputs.length; i++) if (p.inputs[i] !== inputs[i]!.layout) return false;
  return true;
}

function store(op: Op, hash: number, made: Plan): void {
  if (op.more.size >= mapLimit) op.more.clear();
  op.more.set(hash, made);
}

function plan(op: Op, inputs: readonly Layout[]): Plan {
  const planner = op.own === null ? planners[op.kind as CommonKind] : op.own.plan;
  if (planner === null) throw new NnError(op.name, `${op.kind} is never launched`);
  return planner(op as never, inputs);
}
