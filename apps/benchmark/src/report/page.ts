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
  h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; } h3 { font-size: .95rem; margin: 1rem 0 0; }
  .lead, .remarks, footer { color: ${color('dim')}; } .remarks { font-size: 13px; }
  svg { max-width: 100%; height: auto; overflow: visible; }
  .wide { overflow-x: auto; } .wide svg { min-width: 780px; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; }
  th, td { text-align: right; padding: .25rem 1.25rem .25rem 0; border-bottom: 1px solid ${color('line')}; vertical-align: top; white-space: nowrap; }
  th:first-child, td:first-child, td.goal, th.goal { text-align: left; } th { font-weight: 600; color: ${color('dim')}; }
  td span { display: block; } td span + span { color: ${color('dim')}; font-size: 12.5px; }
  .good, .good span + span { color: ${color('good')}; } .bad, .bad span + span { color: ${color('bad')}; } .dim { color: ${color('dim')}; }
  footer { font-size: 13px; margin-top: 2rem; }
`;

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
