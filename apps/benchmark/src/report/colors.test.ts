import { expect, test } from 'vitest';
import { colorRules, colors, series } from './colors.ts';

/** Relative luminance and contrast by WCAG 2.2. */
const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (one: string, other: string): number => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
};

test.each(Object.entries(colors).filter(([name]) => name !== 'page' && name !== 'line'))(
  '%s can be read on the page, by light and by dark',
  (_, themes) => {
    for (const theme of [0, 1]) expect(contrast(themes[theme]!, colors.page[theme]!)).toBeGreaterThanOrEqual(4.5);
  },
);

test('a page knows each colour twice, the dark one where the system asks for it', () => {
  const [light, dark] = colorRules.split('@media (prefers-color-scheme: dark)');
  for (const [name, themes] of Object.entries(colors)) {
    expect(light).toContain(`--${name}: ${themes[0]};`);
    expect(dark).toContain(`--${name}: ${themes[1]};`);
  }
  expect(series).toHaveLength(8);
});
