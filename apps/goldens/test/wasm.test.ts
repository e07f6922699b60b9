/** The reference cases on the wasm backend, in Node. */

import { join } from 'node:path';
import { diskFolder } from '../src/format/folder.ts';
import { testOnWasm } from './on-wasm.ts';

await testOnWasm(diskFolder(join(import.meta.dirname, '../data')));
