import { describe, expect, test } from 'vitest';
import { colorRules, colors } from './colors.ts';

/** Relative luminance and contrast by WCAG 2.2. */
const channels = (hex: string): number[] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
const luminance = (rgb: readonly number[]): number => {
  const [r, g, b] = rgb.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (one: readonly number[], other: readonly number[]): number => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
};

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('by %s', (_, theme) => {
  const rgb = (name: keyof typeof colors): number[] => channels(colors[name][theme]);

  test.each([
    ['text', 'page', 4.5],
    ['dim', 'page', 4.5],
    ['good', 'page', 4.5],
    ['bad', 'page', 4.5],
    ['text', 'panel', 4.5],
    ['trained', 'page', 3],
    ['held-out', 'page', 3],
    ['right', 'page', 3],
    ['wrong', 'page', 3],
  ] as const)('%s can be told from %s', (front, back, least) => {
    expect(contrast(rgb(front), rgb(back))).toBeGreaterThanOrEqual(least);
  });

  test.each(['right', 'wrong'] as const)('the number in a cell that is %s can be read in every shade', (name) => {
    for (let opacity = 0; opacity <= 1; opacity += 1 / 16) {
      const shade = rgb(name).map((value, i) => opacity * value + (1 - opacity) * rgb('page')[i]!);
      expect(contrast(rgb('number'), shade)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test('a page knows each colour twice, the dark one where the system asks for it', () => {
  const [light, dark] = colorRules.split('@media (prefers-color-scheme: dark)');
  for (const [name, themes] of Object.entries(colors)) {
    expect(light).toContain(`--${name}: ${themes[0]};`);
    expect(dark).toContain(`--${name}: ${themes[1]};`);
  }
});
