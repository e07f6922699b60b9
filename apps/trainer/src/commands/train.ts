/** `nn-train train`: a new run or one that is resumed, from its options to its report. */
import { setBackend } from '@nn/tensor';
import { decodeCheckpoint } from '../checkpoint/checkpoint.ts';
import { listCheckpoints, readCheckpointFile } from '../checkpoint/checkpoint-folder.ts';
import { Failure } from '../failure.ts';
import { countWeights } from '../models/models.ts';
import { completeOptions, resumeOptions, type TrainingOptions } from '../options/training-options.ts';
import { Interrupt } from '../run/interrupt.ts';
import { MetricsFile } from '../run/metrics-file.ts';
import { createRun, type HeldRun, holdRun, latestRun, metricsPath } from '../run/run-folder.ts';
import { checkSameData, type RunRecord, readRecord } from '../run/run-record.ts';
import { train } from '../run/training-run.ts';
import type { Display } from '../terminal/display.ts';
import { downloadLine } from '../terminal/download-line.ts';
import { openBackend } from '../training/backend.ts';
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
export async function runTrain(args: TrainArguments): Promise<number> {
  if (args.quiet && args.json) throw new Failure('--quiet and --json exclude each other; leave one out');
  const resumed = args.resume === undefined ? null : await findRun(args.resume, args.out);
  const options =
    resumed === null ? completeOptions(args.given) : resumeOptions(resumed.path, resumed.record.options, args.given);
  setBackend(await openBackend(options));
  const task = await openTask(options, downloadLine(process.stderr));
  if (resumed !== null) checkSameData(resumed.path, resumed.record.data, task.fingerprint);
  const session = new Session(options, task);
  const record: RunRecord = { options, data: task.fingerprint };
  const held =
    resumed === null
      ? await createRun({ out: args.out, name: `${task.name}-${options.model}` }, record, version())
      : await holdRun(resumed.path, record, version());
  const display = chooseDisplay(args);
  const interrupt = new Interrupt();
  try {
    return await runSession(session, held, resumed !== null, display, interrupt);
  } finally {
    display.close();
    interrupt.dispose();
    await held.release();
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

async function runSession(
  session: Session,
  { path }: HeldRun,
  isResumed: boolean,
  display: Display,
  interrupt: Interrupt,
): Promise<number> {
  if (isResumed) await restoreNewest(session, path);
  const { options, task, description } = session;
  const { epochs } = options;
  if (session.step > epochs * session.batchesPerEpoch) {
    const done = session.step / session.batchesPerEpoch;
    throw new Failure(
      `the run in ${path} has trained ${Number(done.toFixed(2))} epochs already, more than --epochs ${epochs}`,
    );
  }
  const metrics = await MetricsFile.open(metricsPath(path), session);
  try {
    display.start({
      run: path,
      options,
      model: description,
      weights: countWeights(description),
      data: { name: task.name, ...task.counts },
      unit: task.unit,
      score: task.score,
      resumed: isResumed ? { epoch: session.epoch, step: session.step } : null,
      epochs: metrics.lines.filter((line) => line.type === 'epoch'),
    });
    const finished = await train({ session, folder: path, metrics, display, interrupt });
    if (finished) display.end(await concludeRun(session, path, metrics.lines));
    else display.interrupt(path, session.step, resumeCommand(path));
    return finished ? 0 : interrupt.exitCode;
  } finally {
    metrics.close();
  }
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
