/** From a plan and its tensors to a launch: one flat object, filled again and again. Knows nothing of provenance. */
import { Launch, runLaunch } from '@nn/backend';
import { givenBack } from '../memory/storage.ts';
import type { Tensor } from '../tensor.ts';
import { told } from './guarded.ts';
import type { Plan } from './plan.ts';

export const noNumbers: readonly number[] = [];

const launch = new Launch();
const { blocks, offsets } = launch;
// Long enough for nearly all launches, so that filling them never grows an array.
for (let i = 0; i < 8; i++) {
  blocks.push(null);
  offsets.push(0);
}

function place(slot: number, t: Tensor, p: Plan): void {
  const { storage } = t;
  const { slab } = storage;
  if (slab === null) givenBack(p.op.name);
  blocks[slot] = slab.block;
  offsets[slot] = storage.origin + t.start;
}

function start(p: Plan, scalars: readonly number[], count: number): void {
  launch.program = p.program;
  launch.geometry = p.geometry;
  launch.label = p.op.name;
  launch.scalars = scalars;
  launch.count = count;
  if (p.isNative) {
    const backend = p.backend!;
    try {
      backend.run(launch);
    } catch (error) {
      // A kernel may need memory beside its operands; without it, it has not begun.
      p.out.device.pool.again(told(error), () => backend.run(launch), 'what a launch needs beside', 0, p.op.name);
    }
  } else runLaunch(p.backend!, launch);
}

/** Runs a plan with one result on at most three inputs. */
export function run(
  p: Plan,
  out: Tensor,
  a: Tensor,
  b: Tensor | null,
  c: Tensor | null,
  scalars: readonly number[],
): void {
  if (p.before !== null) run(p.before, out, a, null, null, noNumbers);
  place(0, out, p);
  const { operands } = p;
  const n = operands.length;
  for (let i = 0; i < n; i++) {
    const j = operands[i]!;
    place(i + 1, j === 0 ? a : j === 1 ? b! : c!, p);
  }
  start(p, scalars, n + 1);
}

/** Runs a plan on any number of inputs and results. */
export function runMany(p: Plan, outs: readonly Tensor[], inputs: readonly Tensor[], scalars: readonly number[]): void {
  if (p.before !== null) runMany(p.before, outs, inputs, noNumbers);
  let slot = 0;
  for (let k = 0; k < outs.length; k++) place(slot++, outs[k]!, p);
  const { operands } = p;
  for (let i = 0; i < operands.length; i++) place(slot++, inputs[operands[i]!]!, p);
  start(p, scalars, slot);
}
