/// <reference types="vite/client" />
/** WebGPU of the browser that the tests run in: its adapter as it describes itself, null where it has none and none is required (NN_REQUIRE_WEBGPU, as in test/webgpu). */
const found = (await navigator.gpu?.requestAdapter()) ?? null;

const required: string = import.meta.env['NN_REQUIRE_WEBGPU'] ?? '';
if (found === null && required.split(',').some((name) => name === '1' || name === 'swiftshader'))
  throw new Error(`NN_REQUIRE_WEBGPU=${required}, but this browser has no adapter: ${navigator.userAgent}`);

export const adapter: string | null = found?.info.architecture ?? null;
