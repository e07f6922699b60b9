/** The end of a run: the model judged once more where that wasn't just done, examples chosen, the report written. */
import { writeFileWhole } from '../files/durable.ts';
import { reportPath } from '../run/run-folder.ts';
import type { RunEnd } from '../terminal/display.ts';
import { pixelsOf } from '../training/data.ts';
import { chooseExamples, confusionMatrix, evaluate } from '../training/evaluate.ts';
import type { Metrics } from '../training/metrics.ts';
import { sizesOf } from '../training/model.ts';
import type { Session } from '../training/session.ts';
import { version } from '../version.ts';

const exampleCount = 12;
const side = 28;

export async function concludeRun(session: Session, run: string, metrics: readonly Metrics[]): Promise<RunEnd> {
  const { data, model, options } = session;
  const { classes } = data;
  const evaluation = session.evaluation ?? (await evaluate(model, data.valid));
  const examples = chooseExamples(evaluation, exampleCount).map(async (i) => ({
    picture: { pixels: await pixelsOf(data.valid, i, data), width: side, height: side },
    label: classes[evaluation.labels[i]!]!,
    prediction: classes[evaluation.predictions[i]!]!,
    confidence: evaluation.confidences[i]!,
  }));
  const end: RunEnd = {
    run,
    report: reportPath(run),
    epoch: session.epoch,
    step: session.step,
    seconds: session.seconds,
    evaluation,
    confusion: confusionMatrix(evaluation, classes.length),
    classes,
    examples: await Promise.all(examples),
  };
  // Plots need a document to draw in, which takes a moment to load.
  const { renderReport } = await import('../report/report.ts');
  await writeFileWhole(
    end.report,
    renderReport({ end, metrics, options, sizes: sizesOf(session.description), version: version() }),
  );
  return end;
}
