/*
 * Asks Dawn, in a process of its own, which adapter the drivers named by the environment give, and prints its architecture and its vendor, or `none`. A driver that
 * crashes takes only this process along. Its one argument is the package from which `webgpu` is found.
 */
import { createRequire } from 'node:module';

const { create } = createRequire(process.argv[2])('webgpu');
// Held: Dawn's instance must outlive what comes from it.
globalThis.gpu = create([]);
const adapter = await globalThis.gpu.requestAdapter();
console.log(adapter === null ? 'none' : `${adapter.info.architecture} ${adapter.info.vendor}`.trim());
