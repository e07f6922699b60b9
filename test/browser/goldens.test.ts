/** The reference cases on the wasm backend, in a page. */
import { testOnWasm } from '../../apps/goldens/test/on-wasm.ts';
import { folder } from './folder.ts';

await testOnWasm(folder);
