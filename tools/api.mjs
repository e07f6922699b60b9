// Compares the public API of every built package with its report, packages/NAME/etc/NAME.api.md, which a change to the API
// must show; `--update` rewrites the reports. All in one process: most of the time is TypeScript's start.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const update = process.argv.includes('--update');
let wrong = 0;
for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name);
  mkdirSync(join(folder, 'etc'), { recursive: true });
  const config = ExtractorConfig.loadFileAndPrepare(join(folder, 'api-extractor.json'));
  const { succeeded, apiReportChanged } = Extractor.invoke(config, { localBuild: update, messageCallback });
  const report = relative(root, config.reportFilePath);
  if (apiReportChanged && update) console.log(`${report} rewritten`);
  if (apiReportChanged && !update) {
    spawnSync('git', ['--no-pager', 'diff', '--no-index', config.reportFilePath, config.reportTempFilePath], {
      stdio: 'inherit',
    });
    console.error(`${report} is not what the package exports; when that is meant, run: npm run api:update`);
  }
  if (!succeeded) wrong += 1;
}
process.exit(wrong === 0 ? 0 : 1);

/** Shows what is wrong in our sources, one line each, and nothing of the tool's own talk. */
function messageCallback(message) {
  const talk = message.category === 'console' || message.messageId?.startsWith('console-');
  if (!talk && (message.logLevel === 'error' || message.logLevel === 'warning')) {
    const place = message.sourceFilePath ? `${relative(root, message.sourceFilePath)}:${message.sourceFileLine} ` : '';
    console.error(`${place}${message.messageId}: ${message.text}`);
  }
  message.handled = true;
}
