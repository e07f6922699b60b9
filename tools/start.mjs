#!/usr/bin/env node
// `npm start [-- ARGUMENTS]`: installs and builds what is missing, then runs the trainer's built command line on this very Node.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { install, ownNode, root, runQuietly } from './bootstrap.mjs';

if (!install()) process.exit(1);
const code = runQuietly('turbo', ['run', 'build', '--filter=@nn/trainer', '--output-logs=errors-only']);
if (code !== 0) process.exit(code);
const trainer = join(root, 'apps/trainer/dist/cli.js');
const { status, signal } = spawnSync(ownNode, [trainer, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
