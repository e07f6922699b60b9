import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { readFolder } from '../src/format/folder.ts';
import { runCase } from '../src/run/run-case.ts';
import { formatReport } from '../src/report/text.ts';
it('all', async () => {
  const results = [];
  for (const family of await readFolder('/work/main/apps/goldens/data')) for (const c of family.cases) results.push(await runCase(c, { directory: '/work/main/apps/goldens/data' }));
  writeFileSync('/tmp/goldens-report.txt', formatReport(results).replace(/\u001b\[\d+m/g, ''));
  writeFileSync('/tmp/goldens-report.json', JSON.stringify(results));
}, 600000);
