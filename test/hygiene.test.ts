import { describe, expect, it } from 'vitest';
import { read, versionedFiles } from './workspace.ts';

/** What must not be committed, and why. The lockfile names packages by version and digest only, so it needs no address. */
const forbidden: readonly { readonly what: string; readonly pattern: RegExp; readonly files: RegExp }[] = [
  {
    what: 'paths of somebody’s machine',
    pattern: /(?:^|[\s"'`(=:,])(?:\/(?:work|root|farm|Users)\/|\/home\/\w|[A-Z]:\\\\?Users)/,
    files: /./,
  },
  { what: 'hosts of package registries', pattern: /registry\.[a-z]+\.|npmmirror|artifactory|verdaccio/i, files: /./ },
  { what: 'addresses in the lockfile', pattern: /https?:\/\//, files: /^pnpm-lock\.yaml$/ },
  { what: 'exclusive tests', pattern: /\b(?:it|test|describe)\.only\(/, files: /\.test\.ts$/ },
  { what: 'conflict marks', pattern: /^(?:<{7}|>{7}) /, files: /./ },
];

const binary = /\.(safetensors|gz|png|npy|npz|idx\d|wasm|ico|woff2?)$/;
const thisFile = 'test/hygiene.test.ts';

describe('versioned files', () => {
  const files = versionedFiles().filter((file) => !binary.test(file) && file !== thisFile);
  const texts = files.map((file) => ({ file, lines: read(file).split('\n') }));

  it.each(forbidden)('hold no $what', ({ pattern, files }) => {
    const found = texts
      .filter(({ file }) => files.test(file))
      .flatMap(({ file, lines }) => lines.flatMap((line, i) => (pattern.test(line) ? [`${file}:${i + 1}`] : [])));
    expect(found).toEqual([]);
  });

  it('are looked at', () => {
    expect(files).toContain('pnpm-lock.yaml');
    expect(files).toContain('packages/tensor/src/index.ts');
    expect(files.some((file) => file.includes('node_modules'))).toBe(false);
  });

  it.each(['cd /work/x', '"/home/me/x"', "'C:\\\\Users\\\\me'", 'import("/root/x")'])(
    'knows %s as a path of a machine',
    (line) => {
      expect(forbidden[0]!.pattern.test(line)).toBe(true);
    },
  );
});
