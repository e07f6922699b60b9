/** The colours of a report, each by light and by dark: as a reader's system asks, pages follow it by themselves. Nothing else names a colour. */

/** Light, then dark. Of texts the contrast is at least 4.5 on what they stand on, of lines and dots 3. */
export const colors = {
  page: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#e6edf3'],
  dim: ['#59636e', '#9198a1'],
  line: ['#d8dee4', '#30363d'],
  panel: ['#f6f8fa', '#161b22'],
  good: ['#1a7f37', '#3fb950'],
  bad: ['#cf222e', '#ff7b72'],
  trained: ['#4269d0', '#7c9cf5'],
  'held-out': ['#e36209', '#f0883e'],
  /** Cells of a confusion matrix, from the page's colour on, and the numbers in them. */
  right: ['#5b82e4', '#3f66d0'],
  wrong: ['#e36209', '#b85209'],
  number: ['#000000', '#ffffff'],
} as const satisfies Readonly<Record<string, readonly [light: string, dark: string]>>;

/** A colour by its name, wherever CSS takes one; SVG's attributes do too. */
export const color = (name: keyof typeof colors): string => `var(--${name})`;

const declare = (theme: 0 | 1): string =>
  `:root { ${Object.entries(colors)
    .map(([name, themes]) => `--${name}: ${themes[theme]};`)
    .join(' ')} }`;

/** What makes the names known to a page. */
export const colorRules: string = `:root { color-scheme: light dark; }
  ${declare(0)}
  @media (prefers-color-scheme: dark) { ${declare(1)} }`;
