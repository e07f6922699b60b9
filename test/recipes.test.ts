/** CONTRIBUTING names places; they must exist. (Its code blocks are run by the examples tests.) */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { read, root } from './workspace.ts';

it('every place that CONTRIBUTING and ARCHITECTURE name exists', () => {
  const named = ['CONTRIBUTING.md', 'ARCHITECTURE.md'].flatMap((file) =>
    [...read(file).matchAll(/`((?:packages|apps|test)\/[\w@./-]+)`/g)].map((match) => match[1]!),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((place) => !existsSync(join(root, place)))).toEqual([]);
});
