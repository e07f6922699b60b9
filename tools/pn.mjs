#!/usr/bin/env node
// `node tools/pn.mjs TOOL [ARGUMENTS]`: installs what is missing, then runs a tool of the repository on its Node 24.
// Without a tool it only installs. `pnpm` itself is run without the install, since it may be the one to change it.
import { install, run } from './bootstrap.mjs';

const [tool, ...args] = process.argv.slice(2);
if (tool !== 'pnpm' && !install()) process.exit(1);
if (tool) process.exit(run(tool, args));
