/** Text and markup of a page that needs nothing else: no script, no font, no address. */
import { color, colorRules } from './colors.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that may hold anything, as HTML. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!);

const style = `
  ${colorRules}
  body { font: 15px/1.5 system-ui, sans-serif; color: ${color('text')}; background: ${color('page')}; max-width: 1180px; margin: 2rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; } h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
  .lead { color: ${color('dim')}; margin: 0 0 1.5rem; } .lead b { color: ${color('good')}; font-size: 1.15rem; }
  .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 1.75rem 2rem; }
  .legend { color: ${color('dim')}; font-size: 13px; margin: 0 0 1rem; } .legend i { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .35em 0 1em; }
  .legend i:first-child { margin-left: 0; }
  section { min-width: 0; } svg { max-width: 100%; height: auto; overflow: visible; }
  /* On a narrow screen plots are moved sideways, not made so small that nobody can read them. */
  @media (max-width: 560px) { section { overflow-x: auto; } svg { max-width: none; width: 480px; } }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .15rem 1rem .15rem 0; border-bottom: 1px solid ${color('line')}; vertical-align: top; }
  td { overflow-wrap: anywhere; } td:first-child { overflow-wrap: normal; white-space: nowrap; } .numbers th, .numbers td { text-align: right; overflow-wrap: normal; } th { font-weight: 600; color: ${color('dim')}; }
  .images { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; text-align: center; font-size: 13px; }
  .images img { width: 84px; height: 84px; image-rendering: pixelated; border-radius: 4px; } .wrong { color: ${color('bad')}; } .right { color: ${color('good')}; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; background: ${color('panel')}; border-radius: 6px; padding: .75rem 1rem; margin: 0; font: 13px/1.45 ui-monospace, monospace; }
  footer { color: ${color('dim')}; font-size: 13px; margin-top: 2rem; }
`;

/** A part of the page: a title, and markup. */
export interface Section {
  readonly title: string;
  readonly content: string;
}

/** A whole page. `body` is markup, `title` text. */
export const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;

/** Rows of text cells, the first row as heads. */
export const table = (className: string, [head = [], ...rows]: readonly (readonly string[])[]): string => {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table class="${className}">${cells('th', head)}${rows.map((row) => cells('td', row)).join('')}</table>`;
};
