/**
 * A session and its folder: listens to what happens in training, writes metrics and checkpoints, shows progress, and stops at a signal. Every file is whole at every
 * moment; what a checkpoint doesn't know of is taken back when the run is resumed. Where the device can be lost it keeps snapshots besides.
 */
import { encodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { listCheckpoints, saveCheckpoint } from '../checkpoint/checkpoint-folder.ts';
import { Failure, oneLine } from '../failure.ts';
import type { Display } from '../terminal/display.ts';
import type { Session } from '../training/session.ts';
import { CheckpointClock } from './checkpoint-clock.ts';
import { type Interrupt, nextTurn } from './interrupt.ts';
import type { MetricsFile } from './metrics-file.ts';
import type { Snapshots } from './snapshots.ts';

/** Milliseconds between two looks at signals, and two redraws. */
const lookEvery = 60;

export interface TrainingRun {
  readonly session: Session;
  readonly folder: string;
  readonly metrics: MetricsFile;
  readonly display: Display;
  readonly interrupt: Interrupt;
  readonly snapshots: Snapshots;
}

/** Trains to the end, or to a signal. Returns whether it got to the end. */
export async function train(run: TrainingRun): Promise<boolean> {
  let saved = run.session.step > 0 ? run.session.step : null;
  try {
    return await listen(run, (step) => {
      saved = step;
    });
  } catch (error) {
    if (!(error instanceof Failure) || saved === null) throw error;
    // Someone may have taken the folder away.
    const checkpoints = await listCheckpoints(run.folder).catch(() => []);
    if (!checkpoints.some(({ step }) => step === saved)) throw error;
    throw new Failure(`${oneLine(error)}; the checkpoint of step ${saved} in ${run.folder} is whole`, { cause: error });
  }
}

async function listen(
  { session, folder, metrics, display, interrupt, snapshots }: TrainingRun,
  onSaved: (step: number) => void,
): Promise<boolean> {
  const clock = new CheckpointClock(session.options.checkpointEvery);
  const pace = new Pace(session);
  const save = async (): Promise<void> => {
    const checkpoint = await session.checkpoint();
    // First, so that no checkpoint is ever ahead of what the run goes back to.
    snapshots.keep(checkpoint);
    const files = encodeCheckpoint(checkpoint);
    metrics.flush();
    const path = await saveCheckpoint(folder, session.step, files);
    display.checkpoint(path, session.step);
    onSaved(session.step);
    clock.saved();
  };
  let looked = performance.now();
  for await (const event of session.train()) {
    if (event.type !== 'batch') {
      metrics.append(event);
      display.measure(event);
    }
    if (event.type === 'step') continue;
    if (event.type === 'batch' && performance.now() - looked >= lookEvery) {
      display.progress(await pace.progress());
      await nextTurn();
      looked = performance.now();
    }
    // After the last batch the epoch's own event follows, which is a better place to stop or save.
    if (event.type === 'batch' && event.lastOfEpoch) continue;
    const isLast = event.type === 'epoch' && event.epoch === session.options.epochs;
    if (event.type === 'epoch') await nextTurn();
    const [due, dueInMemory] =
      event.type === 'batch'
        ? [clock.dueAtBatch(session.step), snapshots.dueAtBatch(session.step)]
        : [clock.dueAtEpoch(event.epoch, event.step), snapshots.dueAtEpoch];
    const stops = interrupt.requested && !isLast;
    if (due || isLast || stops) await save();
    else if (dueInMemory) snapshots.keep(await session.checkpoint());
    if (stops) return false;
  }
  return true;
}

/** How fast training goes, from the start of this process on. */
class Pace {
  readonly #session: Session;
  readonly #began: number = performance.now();
  readonly #firstStep: number;

  constructor(session: Session) {
    this.#session = session;
    this.#firstStep = session.step;
  }

  async progress(): Promise<Parameters<Display['progress']>[0]> {
    const { epoch, step, batchesPerEpoch, options, task } = this.#session;
    const means = await this.#session.progress();
    const seconds = (performance.now() - this.#began) / 1000;
    const stepsASecond = (step - this.#firstStep) / seconds;
    const { epochs } = options;
    return {
      epoch: epoch + 1,
      epochs,
      batch: step - epoch * batchesPerEpoch,
      batches: batchesPerEpoch,
      ...means,
      samplesPerSecond: (stepsASecond * task.samplesPerEpoch) / batchesPerEpoch,
      secondsLeft: stepsASecond > 0 ? (epochs * batchesPerEpoch - step) / stepsASecond : null,
    };
  }
}
