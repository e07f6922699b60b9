import { describe, expect, it } from 'vitest';
import { expectationsOf, matchesLine } from './expectations.ts';
import { emptyExamples, examplesOfMarkdown, examplesOfSource } from './extract.ts';

const markdown = `# Title

\`\`\`ts
const a = 1;
\`\`\`

\`\`\`js
ignored();
\`\`\`

1. In a list:

   \`\`\`ts continues
   if (a) {
     f(a);
   }
   \`\`\`

\`\`\`\`md
\`\`\`ts
alsoIgnored();
\`\`\`
\`\`\`\`

\`\`\`ts no-run
while (true);
\`\`\`
`;

const source = `
const x = "/** \`\`\`ts";
/**
 * Says hello.
 *
 * @example
 * \`\`\`ts
 * if (true) {
 *   hello();
 * }
 * \`\`\`
 */
export function hello() {}

/* \`\`\`ts
 not a doc comment
 \`\`\` */
  /** @example
   * words only
   * @returns nothing
   */
`;

describe('extracting code blocks', () => {
  it('reads those of Markdown', () => {
    expect(examplesOfMarkdown('a.md', markdown)).toEqual([
      { file: 'a.md', line: 4, code: 'const a = 1;', runs: true },
      { file: 'a.md', line: 14, code: 'const a = 1;\nif (a) {\n  f(a);\n}', runs: true },
      { file: 'a.md', line: 26, code: 'while (true);', runs: false },
    ]);
  });

  it('reads those of doc comments', () => {
    expect(examplesOfSource('a.ts', source)).toEqual([
      { file: 'a.ts', line: 8, code: 'if (true) {\n  hello();\n}', runs: true },
    ]);
  });

  it('finds an @example without code', () => {
    expect(emptyExamples(source)).toEqual([18]);
  });

  it('refuses marks that mean nothing, blocks without an end, and continuing nothing', () => {
    expect(() => examplesOfMarkdown('a.md', '```ts norun\n```')).toThrow('a.md:1: unknown mark "norun"');
    expect(() => examplesOfMarkdown('a.md', 'x\n```ts\nx')).toThrow('a.md:2: this block is never closed');
    expect(() => examplesOfMarkdown('a.md', '```ts continues\n```')).toThrow('a.md:1: nothing stands before');
  });
});

describe('expectations in comments', () => {
  it('collects what is printed, line by line', () => {
    const code = 'log(2); // prints: 2\nlog(m);\n// prints:\n// [[1],\n//  [2]]\nlog(3);\n// prints: 3\n// a remark';
    expect(expectationsOf(code)).toEqual({ printed: ['2', '[[1],', ' [2]]', '3'], thrown: undefined });
  });

  it('takes a comment after console.log as what it prints', () => {
    expect(
      expectationsOf("console.log(x.at(1)); // [ 2 ]\nf(x); // makes a copy\nconsole.log('a//b') //3").printed,
    ).toEqual(['[ 2 ]']);
    expect(expectationsOf('console.log(f()); // throws: too long')).toEqual({ printed: undefined, thrown: 'too long' });
  });

  it('knows blocks that say nothing, and errors with and without a message', () => {
    expect(expectationsOf('f();')).toEqual({ printed: undefined, thrown: undefined });
    expect(expectationsOf('f(); // throws: [matmul] inner sizes').thrown).toBe('[matmul] inner sizes');
    expect(expectationsOf('f(); // throws').thrown).toBe('');
    expect(expectationsOf('f(); // throws a ball').thrown).toBeUndefined();
  });

  it.each([
    ['loss …', 'loss 0.31', true],
    ['loss …', 'accuracy 0.31', false],
    ['[1.5]', '[1.5]', true],
    ['[1.5]', '[105]', false],
    ['… of …', '3 of 4', true],
  ])('compares %j with %j: %s', (expected, actual, same) => {
    expect(matchesLine(expected, actual)).toBe(same);
  });
});
