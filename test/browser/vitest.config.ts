/*
 * Tests inside a real browser: vitest's browser mode drives the Chromium that is on PATH. The page is cross-origin isolated, so that it has shared memory and threads, and
 * has WebGPU.
 * Without a browser nothing runs and the reason is said; NN_REQUIRE_BROWSER=1 makes that a failure.
 */
import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { patience } from '../../vitest.patience.ts';
import { findBrowser } from '../platforms/browsers.ts';

const executablePath = findBrowser()?.program;
if (executablePath === undefined) {
  const message =
    'No Chromium on PATH: the tests in a browser are left out; install one (Debian: apt install chromium).';
  if (process.env['NN_REQUIRE_BROWSER'] === '1') throw new Error(message);
  console.error(message);
}

export default defineConfig({
  resolve: { conditions: ['@nn/source', ...defaultClientConditions] },
  server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  test: {
    ...patience,
    include: executablePath === undefined ? ['none'] : ['*.test.ts'],
    passWithNoTests: true,
    env: {
      NN_REQUIRE_WEBGPU: process.env['NN_REQUIRE_WEBGPU'] ?? '',
      NN_TEST_ALL: process.env['NN_TEST_ALL'] ?? '',
    },
    fileParallelism: false,
    browser: {
      enabled: executablePath !== undefined,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          ...(executablePath === undefined ? {} : { executablePath }),
          // WebGPU on the software adapter that Chromium brings, whatever GPU there is.
          args: ['--no-sandbox', '--disable-gpu', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
