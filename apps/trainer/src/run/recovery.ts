/**
 * Losses of the device: what was going on is begun again on a session that stands where the last snapshot was taken, so that it ends as if nothing had been lost. Knows
 * neither files nor backends; where the next session comes from is told by who starts it.
 */
import { DeviceLostError } from '@nn/backend';
import { Failure, oneLine } from '../failure.ts';
import type { Session } from '../training/session.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';

/** Losses in a row, without a newer snapshot in between, after which nobody expects the next attempt to get further. */
const patience = 3;

export interface Recovery {
  readonly snapshots: Snapshots;
  /** A session on another device, as it was at a snapshot; without one, as the first was. */
  readonly reopen: (loss: DeviceLostError, snapshot: Snapshot | null) => Promise<Session>;
}

/** Does the work of a run, as often as it takes: `work` is given the session, another one after each loss. */
export async function outliveLosses<R>(
  first: Session,
  work: (session: Session) => Promise<R>,
  { snapshots, reopen }: Recovery,
): Promise<R> {
  let next = async (): Promise<Session> => first;
  let seen: Snapshot | null = null;
  let losses = 0;
  for (;;) {
    try {
      return await work(await next());
    } catch (error) {
      if (!(error instanceof DeviceLostError) || !snapshots.isKeeping) throw error;
      const { latest } = snapshots;
      losses = latest === seen ? losses + 1 : 1;
      seen = latest;
      if (losses === patience) throw gaveUp(error);
      next = () => reopen(error, latest);
    }
  }
}

const gaveUp = (error: DeviceLostError): Failure =>
  new Failure(
    `the device was lost ${patience} times in a row before there was anything new to go on from: ${oneLine(error)}; resume the run on another --backend`,
    { cause: error },
  );
