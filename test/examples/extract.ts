/*
 * Finds the code blocks that the documentation shows: fences marked `ts` in Markdown and in the doc comments of sources.
 * Only the info string (the words after the marks) and the text are read here; what they mean is decided where they run.
 */

/** One code block of a document. */
export interface Example {
  /** Where it stands, relative to the root. */
  readonly file: string;
  /** The line of its first statement, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** `no-run`: only checked by the compiler. */
  readonly runs: boolean;
}

/** The blocks of a Markdown text. A block marked `continues` starts with the code of the one before it. */
export function examplesOfMarkdown(file: string, text: string): readonly Example[] {
  return blocksOf(file, text.split('\n'), 1);
}

/** The blocks in the doc comments of a TypeScript text. */
export function examplesOfSource(file: string, text: string): readonly Example[] {
  return docComments(text).flatMap(({ lines, line }) => blocksOf(file, lines, line));
}

/** Lines of doc comments with an `@example` that no `ts` block follows before the next tag. */
export function emptyExamples(text: string): readonly number[] {
  return docComments(text).flatMap(({ lines, line }) =>
    lines.flatMap((content, i) => {
      if (!/^\s*@example\b/.test(content)) return [];
      const rest = lines.slice(i + 1);
      const end = rest.findIndex((next) => /^\s*@\w/.test(next));
      const body = end < 0 ? rest : rest.slice(0, end);
      return body.some((next) => /^\s*```ts\b/.test(next)) ? [] : [line + i];
    }),
  );
}

const knownMarks = new Set(['no-run', 'continues']);

function blocksOf(file: string, lines: readonly string[], firstLine: number): readonly Example[] {
  const found: Example[] = [];
  let open: { readonly fence: string; readonly info: readonly string[]; readonly start: number } | undefined;
  for (const [i, content] of lines.entries()) {
    const fence = /^\s*(`{3,})(.*)$/.exec(content);
    if (open === undefined) {
      if (fence) open = { fence: fence[1]!, info: fence[2]!.trim().split(/\s+/), start: i + 1 };
    } else if (fence && fence[1]!.length >= open.fence.length && fence[2]!.trim() === '') {
      const [language, ...marks] = open.info;
      if (language === 'ts')
        found.push(example(file, lines.slice(open.start, i), firstLine + open.start, marks, found.at(-1)));
      open = undefined;
    }
  }
  if (open?.info[0] === 'ts') throw new Error(`${file}:${firstLine + open.start - 1}: this block is never closed`);
  return found;
}

function example(
  file: string,
  lines: readonly string[],
  line: number,
  marks: readonly string[],
  previous: Example | undefined,
): Example {
  const unknown = marks.find((mark) => !knownMarks.has(mark));
  if (unknown !== undefined) {
    throw new Error(`${file}:${line - 1}: unknown mark "${unknown}"; known are ${[...knownMarks].join(', ')}`);
  }
  const own = withoutIndent(lines);
  const continues = marks.includes('continues');
  if (continues && previous === undefined)
    throw new Error(`${file}:${line - 1}: nothing stands before this to continue`);
  return { file, line, code: continues ? `${previous!.code}\n${own}` : own, runs: !marks.includes('no-run') };
}

function docComments(text: string): readonly { readonly lines: readonly string[]; readonly line: number }[] {
  return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].map((comment) => ({
    line: text.slice(0, comment.index).split('\n').length,
    lines: comment[0]
      .split('\n')
      .map((content) => content.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/, '').replace(/\s*\*\/$/, '')),
  }));
}

function withoutIndent(lines: readonly string[]): string {
  const indents = lines
    .filter((content) => content.trim() !== '')
    .map((content) => content.length - content.trimStart().length);
  const common = Math.min(...indents, Number.POSITIVE_INFINITY);
  return lines.map((content) => content.slice(Number.isFinite(common) ? common : 0).trimEnd()).join('\n');
}
