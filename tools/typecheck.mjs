// Two type checks with TypeScript 7: the whole repository as Node sees it, and the packages' sources as a browser does.
// Named by path, since both installed TypeScripts have a `tsc`.
import { spawnSync } from 'node:child_process';

const compiler = 'node_modules/typescript-native/bin/tsc';
const codes = ['tsconfig.json', 'tsconfig.browser.json'].map(
  (project) => spawnSync(process.execPath, [compiler, '-p', project], { stdio: 'inherit' }).status ?? 1,
);
process.exit(Math.max(...codes));
