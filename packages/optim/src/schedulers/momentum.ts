/** Momentum that turns against the rate, as two schedules do it: SGD's `momentum`, or the first of Adam's `betas`. */
import { ValueError } from '@nn/backend';
import { checkPerGroup, type PerGroup } from './check.ts';
import type { ScheduledGroup, ScheduledOptimizer } from './scheduler.ts';

type Momentous = ScheduledGroup & { momentum?: number; betas?: readonly number[] };

/** Settings of schedules that turn momentum. */
export interface MomentumSettings {
  readonly cycleMomentum: boolean;
  readonly baseMomentum: PerGroup;
  readonly maxMomentum: PerGroup;
}

export function checkMomentum(
  op: string,
  { cycleMomentum, baseMomentum, maxMomentum }: MomentumSettings,
  { paramGroups }: ScheduledOptimizer,
): void {
  if (!cycleMomentum) return;
  const momentous = paramGroups.every((group) => 'betas' in group || 'momentum' in group);
  if (!momentous)
    throw new ValueError(op, 'the optimiser has neither momentum nor betas to turn; give { cycleMomentum: false }');
  for (const [name, value] of Object.entries({ baseMomentum, maxMomentum })) {
    checkPerGroup(op, name, value, paramGroups.length, 0);
    if (paramGroups.some((group) => 'betas' in group))
      for (const own of [value].flat())
        if (own >= 1)
          throw new ValueError(op, `${name} is the first of betas here and must be less than 1, got ${own}`);
  }
}

/** Sets it; betas are exchanged, not changed, for they may be shared. */
export function setMomentum(group: ScheduledGroup, momentum: number): void {
  const own = group as Momentous;
  if (own.betas === undefined) own.momentum = momentum;
  else own.betas = [momentum, ...own.betas.slice(1)];
}
