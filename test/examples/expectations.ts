/*
 * What a code block says about its own run, in comments: what it prints and that it throws. A reader sees the result beside
 * the code, and the tests see that it is true. A block that says what one line prints says it of all.
 *
 *     console.log(1 + 1); // 2
 *     hello(); // prints: hello
 *     console.log(matrix);
 *     // prints:
 *     // tensor([[1., 2.],
 *     //         [3., 4.]])
 *     matrix.matmul(vector); // throws: inner sizes differ
 */

export interface Expectations {
  /** The lines printed, all of them; undefined when the block doesn't say. An `…` stands for any text within a line. */
  readonly printed: readonly string[] | undefined;
  /** A part of the error's message, maybe empty; undefined when the block must not throw. */
  readonly thrown: string | undefined;
}

/** Reads the expectations of a code block. */
export function expectationsOf(code: string): Expectations {
  const printed: string[] = [];
  let says = false;
  let thrown: string | undefined;
  let inList = false;
  for (const line of code.split('\n')) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line);
    if (inList && comment) {
      printed.push(comment[1]!.trimEnd());
      continue;
    }
    inList = false;
    const prints = /\/\/ prints:(.*)$/.exec(line) ?? /console\.log\(.*\);?\s*\/\/ (?!throws\b)(.*)$/.exec(line);
    if (prints) {
      says = true;
      const text = prints[1]!.trim();
      if (text === '') inList = true;
      else printed.push(text);
    }
    const throws = /\/\/ throws(?::(.*))?$/.exec(line);
    if (throws) thrown = (throws[1] ?? '').trim();
  }
  return { printed: says ? printed : undefined, thrown };
}

/** Whether a printed line is what was expected. */
export function matchesLine(expected: string, actual: string): boolean {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(actual);
}
