/** The parts of a report that are about images: the confusion matrix, and examples as pictures. */
import { encode } from 'fast-png';
import { percent } from '../terminal/format.ts';
import type { JudgedImage } from '../terminal/judged-images.ts';
import type { Picture } from '../terminal/pictures.ts';
import { confusionChart } from './charts.ts';
import { escapeHtml, type Section } from './page.ts';

export const imageSections = (
  confusion: readonly (readonly number[])[],
  classes: readonly string[],
  examples: readonly JudgedImage[],
): Section[] => [
  { title: 'What held-out images were taken for', content: confusionChart(confusion, classes) },
  { title: 'Some of them', content: `<div class="images">${examples.map(figure).join('')}</div>` },
];

function figure({ picture, label, prediction, confidence }: JudgedImage): string {
  const right = label === prediction;
  const words = right
    ? `${label} (${percent(confidence)})`
    : `taken for ${prediction} (${percent(confidence)}), is ${label}`;
  const caption = right ? `${label} ✓` : `${prediction}, is ${label}`;
  return `<figure title="${escapeHtml(words)}"><img alt="${escapeHtml(words)}" src="${pngAddress(picture)}"><figcaption class="${right ? 'right' : 'wrong'}">${escapeHtml(caption)}</figcaption></figure>`;
}

function pngAddress({ pixels, width, height }: Picture): string {
  const data = Uint8Array.from(pixels, (value) => Math.round(value * 255));
  return `data:image/png;base64,${Buffer.from(encode({ width, height, data, channels: 1 })).toString('base64')}`;
}
