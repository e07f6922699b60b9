/** `nn-train train`: a new run or one that is resumed, from its options to its report. */
import type { DeviceLostError } from '@nn/backend';
import { getBackend, setBackend } from '@nn/tensor';
import { decodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { listCheckpoints, readCheckpointFile } from '../checkpoint/checkpoint-folder.ts';
import { Failure, oneLine } from '../failure.ts';
import { countWeights } from '../models/models.ts';
import { completeOptions, resumeOptions, type TrainingOptions } from '../options/training-options.ts';
import { Interrupt } from '../run/interrupt.ts';
import { MetricsFile } from '../run/metrics-file.ts';
import { outliveLosses } from '../run/recovery.ts';
import { createRun, holdRun, latestRun, metricsPath, recordRun } from '../run/run-folder.ts';
import { checkSameData, type RunRecord, readRecord } from '../run/run-record.ts';
import { type Snapshot, Snapshots } from '../run/snapshots.ts';
import { train } from '../run/training-run.ts';
import type { Display, RunStart } from '../terminal/display.ts';
import { downloadLine } from '../terminal/download-line.ts';
import { canBeLost, type OpenBackend, openBackend } from '../training/backend.ts';
import { Session, type TrainingRecord } from '../training/session.ts';
import { openTask } from '../training/task.ts';
import { version } from '../version.ts';
import { chooseDisplay } from './choose-display.ts';
import { concludeRun } from './conclude-run.ts';

/** What the command line says besides the options of training. */
export interface TrainArguments {
  readonly given: Partial<TrainingOptions>;
  readonly out?: string | undefined;
  /** A folder, or true for the run that was written to last. */
  readonly resume?: string | true | undefined;
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Returns the exit code. */
export async function runTrain(args: TrainArguments, open: OpenBackend = openBackend): Promise<number> {
  if (args.quiet && args.json) throw new Failure('--quiet and --json exclude each other; leave one out');
  const resumed = args.resume === undefined ? null : await findRun(args.resume, args.out);
  const options =
    resumed === null ? completeOptions(args.given) : resumeOptions(resumed.path, resumed.record.options, args.given);
  setBackend(await open(options));
  const task = await openTask(options, downloadLine(process.stderr));
  if (resumed !== null) checkSameData(resumed.path, resumed.record.data, task.fingerprint);
  const session = new Session(options, task);
  const record: RunRecord = { options, data: task.fingerprint };
  const { path, release } =
    resumed === null
      ? await createRun({ out: args.out, name: `${task.name}-${options.model}` }, record, version())
      : await holdRun(resumed.path);
  const display = chooseDisplay(args);
  const interrupt = new Interrupt();
  try {
    return await runSession({ path, record, display, interrupt, open, isResumed: resumed !== null }, session);
  } finally {
    display.close();
    interrupt.dispose();
    await release();
  }
}

async function findRun(resume: string | true, out: string | undefined): Promise<{ path: string; record: RunRecord }> {
  if (resume !== true && out !== undefined && out !== resume) {
    throw new Failure(
      `--resume ${resume} and --out ${out} name two folders; a resumed run stays in its own, so leave --out out`,
    );
  }
  const path = resume === true ? (out ?? (await latestRun())) : resume;
  return { path, record: await readRecord(path) };
}

/** A run whose folder is held by this process. */
interface OpenRun {
  readonly path: string;
  readonly record: RunRecord;
  readonly isResumed: boolean;
  readonly display: Display;
  readonly interrupt: Interrupt;
  readonly open: OpenBackend;
}

async function runSession(run: OpenRun, first: Session): Promise<number> {
  const { path, record, isResumed, display, interrupt } = run;
  const { options } = record;
  if (isResumed) await restoreNewest(first, path);
  checkLength(first, path);
  // Only now: what is refused leaves the record as it was.
  if (isResumed) await recordRun(path, record, version());
  const metrics = await MetricsFile.open(metricsPath(path), first);
  const snapshots = new Snapshots(options.snapshotEvery, canBeLost(options.backend));
  /** The session that is trained now. */
  let current = first;
  const work = async (session: Session): Promise<number> => {
    current = session;
    await metrics.rewind(session);
    const finished = await train({ session, folder: path, metrics, display, interrupt, snapshots });
    if (finished) display.end(await concludeRun(session, path, metrics.lines));
    else display.interrupt(path, session.step, resumeCommand(path));
    return finished ? 0 : interrupt.exitCode;
  };
  const reopen = async (loss: DeviceLostError, snapshot: Snapshot | null): Promise<Session> => {
    display.lose({ step: current.step, reason: oneLine(loss) });
    const { excuse } = await openAnother(run, snapshots);
    const session = await sessionAt(run, snapshot);
    display.recover({ step: session.step, backend: getBackend().name, excuse });
    return session;
  };
  try {
    display.start(startOf(first, path, isResumed, metrics));
    return await outliveLosses(first, work, { snapshots, reopen });
  } finally {
    metrics.close();
  }
}

const startOf = (session: Session, run: string, isResumed: boolean, { lines }: MetricsFile): RunStart => {
  const { options, task, description, epoch, step } = session;
  return {
    run,
    options,
    model: description,
    weights: countWeights(description),
    data: { name: task.name, ...task.counts },
    unit: task.unit,
    score: task.score,
    resumed: isResumed ? { epoch, step } : null,
    epochs: lines.filter((line) => line.type === 'epoch'),
  };
};

function checkLength({ options: { epochs }, step, batchesPerEpoch }: Session, path: string): void {
  if (step <= epochs * batchesPerEpoch) return;
  const done = step / batchesPerEpoch;
  throw new Failure(
    `the run in ${path} has trained ${Number(done.toFixed(2))} epochs already, more than --epochs ${epochs}; give ${Math.ceil(done)} or more, or leave it out`,
  );
}

/** Another device like the one that was lost; if there is none, wasm, which can't be, and why. */
async function openAnother({ record, open }: OpenRun, snapshots: Snapshots): Promise<{ excuse: string | null }> {
  getBackend().dispose();
  const { options } = record;
  try {
    setBackend(await open(options));
    return { excuse: null };
  } catch (error) {
    setBackend(await open({ ...options, backend: 'wasm' }));
    snapshots.stop();
    return { excuse: oneLine(error as Error) };
  }
}

/** A new session of a run, as it was at a snapshot; without one, as this process began. */
async function sessionAt({ path, record, isResumed }: OpenRun, snapshot: Snapshot | null): Promise<Session> {
  const task = await openTask(record.options);
  checkSameData(path, record.data, task.fingerprint);
  const session = new Session(record.options, task);
  if (snapshot !== null) session.restore('the last snapshot', snapshot);
  else if (isResumed) await restoreNewest(session, path);
  return session;
}

/** What to type to go on, as this program was started. */
function resumeCommand(run: string): string {
  const script = process.env['npm_lifecycle_event'];
  const program = script === 'start' ? 'npm start --' : script === 'train' ? 'npm run train --' : 'nn-train';
  return `${program} --resume ${/^[\w./-]+$/.test(run) ? run : `'${run.replaceAll("'", `'\\''`)}'`}`;
}

/** Without a checkpoint (the run ended before its first) it starts from the beginning, which gives the same. */
async function restoreNewest(session: Session, run: string): Promise<void> {
  const [newest] = await listCheckpoints(run);
  if (newest === undefined) return;
  const { path } = newest;
  session.restore(path, await decodeCheckpoint<TrainingRecord>(path, (name) => readCheckpointFile(path, name)));
}
