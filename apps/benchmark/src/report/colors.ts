/** The colours of a report, each by light and by dark: as a reader's system asks, pages follow it by themselves. Nothing else names a colour. */

/** Light, then dark. Of texts, and of series, whose names stand beside their dots, the contrast is at least 4.5 on the page. */
export const colors = {
  page: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#e6edf3'],
  dim: ['#59636e', '#9198a1'],
  line: ['#d8dee4', '#30363d'],
  good: ['#1a7f37', '#3fb950'],
  bad: ['#cf222e', '#ff7b72'],
  'series-1': ['#3b61c7', '#8aa8ff'],
  'series-2': ['#b35900', '#f2a65a'],
  'series-3': ['#0a7570', '#4ec9c0'],
  'series-4': ['#8145c0', '#c79bff'],
  'series-5': ['#b82e75', '#ff8fc4'],
  'series-6': ['#2c7a2c', '#7ccf7c'],
  'series-7': ['#8a5a3c', '#d0a27f'],
  'series-8': ['#5f6773', '#aab4c0'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

type ColorName = keyof typeof colors;

/** A colour by its name, wherever CSS takes one; SVG's attributes do too. */
export const color = (name: ColorName): string => `var(--${name})`;

/** For what a plot tells apart, in this order. */
export const series: readonly string[] = (Object.keys(colors) as ColorName[])
  .filter((name) => name.startsWith('series-'))
  .map(color);

const declare = (theme: 0 | 1): string =>
  `:root { ${Object.entries(colors)
    .map(([name, themes]) => `--${name}: ${themes[theme]};`)
    .join(' ')} }`;

/** What makes the names known to a page. */
export const colorRules: string = `:root { color-scheme: light dark; }
  ${declare(0)}
  @media (prefers-color-scheme: dark) { ${declare(1)} }`;
