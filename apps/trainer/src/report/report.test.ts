import { expect, test } from 'vitest';
import { imagesConclusion } from '../images/conclusion.ts';
import { completeOptions } from '../options/training-options.ts';
import type { RunEnd } from '../terminal/display.ts';
import { textConclusion } from '../text/conclusion.ts';
import type { Metrics } from '../training/metrics.ts';
import { accuracy, perplexity } from '../training/score.ts';
import { confusionChart, curveChart, curvesOf } from './charts.ts';
import { colors } from './colors.ts';
import { escapeHtml } from './page.ts';
import { renderReport } from './report.ts';

const metrics: Metrics[] = [1, 2].flatMap((epoch): Metrics[] => [
  { type: 'step', epoch, step: 10 * epoch - 5, loss: 1 / epoch, accuracy: 0.4 * epoch, seconds: epoch },
  { type: 'step', epoch, step: 10 * epoch, loss: 0.9 / epoch, accuracy: 0.45 * epoch, seconds: epoch },
  {
    type: 'epoch',
    epoch,
    step: 10 * epoch,
    trainLoss: 0.95 / epoch,
    trainAccuracy: 0.42 * epoch,
    validLoss: 1.1 / epoch,
    validAccuracy: 0.41 * epoch,
    seconds: epoch,
  },
]);
const classes = ['<b>', '"quoted" & more'];
const end: RunEnd = {
  run: 'r',
  report: 'r/report.html',
  epoch: 2,
  step: 20,
  seconds: 125,
  conclusion: imagesConclusion({
    evaluation: {
      loss: 0.55,
      accuracy: 0.82,
      labels: Int32Array.of(0, 1),
      predictions: Int32Array.of(0, 0),
      confidences: Float32Array.of(1, 0.5),
    },
    classes,
    examples: [
      { picture: { width: 2, height: 1, pixels: [0, 1] }, label: '<b>', prediction: '<b>', confidence: 0.9 },
      {
        picture: { width: 2, height: 1, pixels: [1, 0] },
        label: '"quoted" & more',
        prediction: '<b>',
        confidence: 0.5,
      },
    ],
  }),
};
const render = (lines: readonly Metrics[]): Promise<string> =>
  renderReport({
    end,
    metrics: lines,
    score: accuracy,
    unit: 'images',
    options: completeOptions({ dataset: '/data/<x>' }),
    title: '784-50-10',
    version: '1.2.3',
  });

test('a report is one file that asks for nothing else', async () => {
  const html = await render(metrics);
  const addresses = [...html.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(([, address]) =>
    address!.slice(0, 22),
  );
  expect(addresses).toEqual(['data:image/png;base64,', 'data:image/png;base64,']);
  expect(html).not.toMatch(/<script|@import/i);
});

test('what it draws follows the theme: no colour outside the style, and all of those that are named are known', async () => {
  const html = await render(metrics);
  const body = html.slice(html.indexOf('<body>')).replace(/<style>[\s\S]*?<\/style>/g, '');
  expect(body).not.toMatch(/(fill|stroke|color|background)\s*[:=]\s*"?(#|rgb|hsl|white|black)/i);
  const names = new Set([...html.matchAll(/var\(--(?!plot-)([\w-]+)\)/g)].map(([, name]) => name!));
  expect([...names].filter((name) => !Object.hasOwn(colors, name))).toEqual([]);
  expect(Object.keys(colors).filter((name) => !names.has(name) && name !== 'panel')).toEqual([]);
});

test('it says what was reached and how', async () => {
  const html = await render(metrics);
  for (const text of [
    '82.0 %',
    '784-50-10 on /data/&lt;x&gt;',
    '2 epochs in 2:05',
    '--batch-size',
    '<td>--no-shuffle</td><td>false</td>',
    'nn-train 1.2.3',
    '0.5500',
  ])
    expect(html).toContain(text);
  expect(html.match(/<svg/g)).toHaveLength(3);
});

test('texts from outside are escaped everywhere', async () => {
  const html = await render(metrics);
  expect(html).not.toContain('<b>"');
  expect(html.match(/<b>/g)).toEqual(['<b>']); // the accuracy in the lead
  expect(html).not.toContain('<x>');
  expect(escapeHtml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
});

test('curves: steps by their share of an epoch, epochs as dots', () => {
  const [loss, share] = curvesOf(metrics, accuracy);
  expect(loss!.trained).toEqual([
    { epoch: 0.5, value: 1 },
    { epoch: 1, value: 0.9 },
    { epoch: 1.5, value: 0.5 },
    { epoch: 2, value: 0.45 },
  ]);
  expect(share!.heldOut).toEqual([
    { epoch: 1, value: 0.41 },
    { epoch: 2, value: 0.82 },
  ]);
  expect(curveChart(loss!).match(/<circle/g)).toHaveLength(2);
  expect(curveChart(share!)).toContain('80 %');
});

test('curves of runs too short for lines of steps come from the epochs', async () => {
  const [loss] = curvesOf(
    metrics.filter((line) => line.type === 'epoch'),
    accuracy,
  );
  expect(loss!.trained).toEqual([
    { epoch: 1, value: 0.95 },
    { epoch: 2, value: 0.475 },
  ]);
  expect(curvesOf([], accuracy)[0]!.trained).toEqual([]);
  expect(await render([])).toContain('<svg');
});

test('a confusion matrix has a cell for each pair and a number for each count but 0', () => {
  const svg = confusionChart(
    [
      [7, 3],
      [0, 10],
    ],
    ['a', 'b'],
  );
  expect(svg.match(/<rect/g)).toHaveLength(4);
  expect([...svg.matchAll(/>(\d+)<\/text>/g)].map(([, n]) => n).sort()).toEqual(['10', '3', '7']);
});

test('of a language model: perplexity instead of accuracy, and what it writes', async () => {
  const html = await renderReport({
    end: { ...end, conclusion: textConclusion({ loss: Math.log(8), accuracy: 0.5 }, 1234, 'so <it> was\n"here"') },
    metrics,
    score: perplexity,
    unit: 'characters',
    options: completeOptions({ model: 'gpt', dataset: 'a.txt' }),
    title: 'gpt 2 × 128',
    version: '1.2.3',
  });
  for (const text of [
    '<b>perplexity 8.00</b> over 1,234 held-out characters (loss 2.0794)',
    'gpt 2 × 128 on a.txt',
    '<pre>so &lt;it&gt; was\n&quot;here&quot;</pre>',
    'held-out perplexity',
    'training characters',
    '--block',
  ])
    expect(html).toContain(text);
  expect(html).not.toMatch(/accuracy|--hidden/i);
  const [, curve] = curvesOf(metrics, perplexity);
  expect(curve!.heldOut[1]).toEqual({ epoch: 2, value: Math.exp(0.55) });
});
