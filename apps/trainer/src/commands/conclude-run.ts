/** The end of a run: the model judged once more where that wasn't just done, and the report written. */
import { writeFileWhole } from '../files/durable.ts';
import { titleOf } from '../models/models.ts';
import { reportPath } from '../run/run-folder.ts';
import type { RunEnd } from '../terminal/display.ts';
import type { Metrics } from '../training/metrics.ts';
import type { Session } from '../training/session.ts';
import { version } from '../version.ts';

export async function concludeRun(session: Session, run: string, metrics: readonly Metrics[]): Promise<RunEnd> {
  const { task, model, options, description } = session;
  const judgement = session.judgement ?? (await task.judge(model));
  const end: RunEnd = {
    run,
    report: reportPath(run),
    epoch: session.epoch,
    step: session.step,
    seconds: session.seconds,
    conclusion: await judgement.conclude(),
  };
  // Plots need a document to draw in, which takes a moment to load.
  const { renderReport } = await import('../report/report.ts');
  const { score, unit } = task;
  const content = { end, metrics, score, unit, options, title: titleOf(description), version: version() };
  await writeFileWhole(end.report, await renderReport(content));
  return end;
}
