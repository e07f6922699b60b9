// Imports every built package entry and asks the trainer for its help, on whatever Node runs this file: the built code must
// run without the tools' Node and without the source condition.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
let entries = 0;
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name);
  const { publishConfig } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const entry of Object.values(publishConfig.exports)) {
    if (typeof entry === 'string') continue;
    await import(pathToFileURL(join(folder, entry.default)).href);
    entries += 1;
  }
}
execFileSync(process.execPath, [join(root, 'apps/trainer/dist/cli.js'), '--help']);
console.log(`Node ${process.version}: ${entries} package entries imported, the trainer answers`);
