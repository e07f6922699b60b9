#!/usr/bin/env node
// `npm start [-- ARGUMENTS]`: installs and builds what is missing, then runs the trainer's built command line on this very Node.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { install, ownNode, root, runQuietly } from './bootstrap.mjs';

if (!install()) process.exit(1);
const code = runQuietly('turbo', ['run', 'build', '--filter=@nn/trainer', '--output-logs=errors-only']);
if (code !== 0) process.exit(code);
const trainer = join(root, 'apps/trainer/dist/cli.js');
// Ctrl-C reaches the trainer from the terminal; it saves its work, so this process waits for it.
process.on('SIGINT', () => {});
const child = spawn(ownNode, [trainer, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (status, signal) => process.exit(status ?? 128 + constants.signals[signal]));
