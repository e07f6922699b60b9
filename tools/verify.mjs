#!/usr/bin/env node
// `npm test`: every check of the repository, one after the other, carrying on after a failure so that one run shows them all.
// Its last line is always `N passed, N failed[, N skipped]`: the tests, plus one failure for each other step that failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { install, ownNode, root, run } from './bootstrap.mjs';

// The steps that run tests: those of the sources, those of them on wasm with vectors in pairs, on WebGPU in Node and in a browser, and those of what is built.
const suites = ['vitest', 'vectors', 'webgpu', 'browser', 'platforms'];
// Without an engine that can, an adapter, or a browser, there is nothing to run on; the suite has said so, and NN_REQUIRE_WEBGPU and NN_REQUIRE_BROWSER make it fail.
const mayBeEmpty = ['vectors', 'webgpu', 'browser'];
const reportOf = (suite) => join(root, 'temp', `${suite}.json`);
const test = (suite, ...options) =>
  run('vitest', ['run', ...options, '--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(suite)}`]);
const turbo = (task) => run('turbo', ['run', task, '--continue', '--output-logs=errors-only']);
// Not on the tools' Node: what is published must run on what engines promise.
const runOnOwnNode = (script) => spawnSync(ownNode, [script], { cwd: root, stdio: 'inherit' }).status ?? 1;

/** Each step's name, the step without which it makes no sense, and how it runs: to an exit code. */
const steps = [
  { name: 'install', start: () => (install() ? 0 : 1) },
  { name: 'biome', needs: 'install', start: () => run('biome', ['check', '--error-on-warnings', '.']) },
  { name: 'knip', needs: 'install', start: () => run('knip', []) },
  { name: 'typecheck', needs: 'install', start: () => run('node', ['tools/typecheck.mjs']) },
  { name: 'vitest', needs: 'install', start: () => test('vitest') },
  { name: 'vectors', needs: 'install', start: () => test('vectors', '--root=test/vectors') },
  { name: 'webgpu', needs: 'install', start: () => test('webgpu', '--root=test/webgpu') },
  { name: 'browser', needs: 'install', start: () => test('browser', '--root=test/browser') },
  { name: 'build', needs: 'install', start: () => turbo('build') },
  { name: 'api', needs: 'build', start: () => run('node', ['tools/api.mjs']) },
  { name: 'pack', needs: 'build', start: () => turbo('pack:check') },
  { name: 'plain node', needs: 'build', start: () => runOnOwnNode('tools/check-dist.mjs') },
  { name: 'platforms', needs: 'build', start: () => test('platforms', '--root=test/platforms') },
];

for (const suite of suites) rmSync(reportOf(suite), { force: true });
const results = new Map();
for (const step of steps) results.set(step.name, perform(step));
summarise();

function perform({ name, needs, start }) {
  if (needs && results.get(needs).state !== 'passed') return { state: 'not run', seconds: 0 };
  console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
  const begin = performance.now();
  let code = 1;
  try {
    code = start();
  } catch (error) {
    console.error(error);
  }
  return { state: code === 0 ? 'passed' : 'failed', seconds: (performance.now() - begin) / 1000 };
}

function summarise() {
  console.log(`\n── summary ${'─'.repeat(53)}`);
  for (const [name, { state, seconds }] of results) {
    console.log(`${name.padEnd(12)} ${state.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  const tests = suites.map(readTests);
  const sum = (count) => tests.reduce((total, suite) => total + suite[count], 0);
  const failedSteps = [...results].filter(([name, { state }]) => !suites.includes(name) && state === 'failed').length;
  const [passed, failed, skipped] = [sum('passed'), sum('failed') + failedSteps, sum('skipped')];
  if (failed > 0) process.exitCode = 1;
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

/** Counts of a suite's tests. Whatever makes their run fail is at least one failure, and so is a run without any test. */
function readTests(suite) {
  const { state } = results.get(suite);
  const report = reportOf(suite);
  if (!existsSync(report)) return { passed: 0, failed: state === 'failed' ? 1 : 0, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const unloadable = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = numFailedTests + unloadable.length;
  const none = numPassedTests === 0 && !mayBeEmpty.includes(suite);
  if (none) console.error(`${suite}: no test passed, and that is a failure`);
  const least = state === 'failed' || none ? 1 : 0;
  return { passed: numPassedTests, failed: Math.max(failed, least), skipped: numPendingTests + numTodoTests };
}
