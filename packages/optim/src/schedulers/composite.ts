/** What schedules made of schedules share: checks of their parts, and state dicts that hold the parts'. */
import { ValueError } from '@nn/backend';
import { checkEntry, checkNumbers, LRScheduler, type LRSchedulerState, type ScheduledOptimizer } from './scheduler.ts';

/** A list of schedules of one optimiser. */
export function checkParts(op: string, schedulers: readonly LRScheduler[], optimizer?: ScheduledOptimizer): void {
  if (!Array.isArray(schedulers) || schedulers.length === 0)
    throw new ValueError(op, `got ${String(schedulers)} where a list of schedules belongs, of one or more`);
  for (const [i, scheduler] of schedulers.entries()) {
    if (!(scheduler instanceof LRScheduler))
      throw new ValueError(
        op,
        `schedulers[${i}], ${String((scheduler as object | null)?.constructor?.name)}, is no schedule that steps without arguments; ReduceLROnPlateau is stepped by itself`,
      );
    if (scheduler.optimizer !== (optimizer ?? schedulers[0].optimizer))
      throw new ValueError(op, `schedulers[${i}], ${scheduler.constructor.name}, is of another optimiser`);
  }
}

/** The states of parts, in order; and the check of them. */
export const statesOf = (parts: readonly LRScheduler[]): LRSchedulerState[] => parts.map((part) => part.stateDict());

export function fitParts(op: string, state: LRSchedulerState, parts: readonly LRScheduler[]): () => void {
  for (const name of ['lastEpoch', 'lastLr', 'schedulers']) checkEntry(op, state, name);
  checkNumbers(op, 'lastLr', state.lastLr);
  const states = state['schedulers'] as readonly LRSchedulerState[];
  if (!Array.isArray(states) || states.length !== parts.length)
    throw new ValueError(op, `the state is of ${String(states?.length)} schedules, here are ${parts.length}`);
  const takes = parts.map((part, i) => part['~fit'](states[i]!));
  return () => {
    for (const take of takes) take();
  };
}
