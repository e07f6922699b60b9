/// <reference types="vite/client" />
/** The reference cases on the wasm backend, in a page. */
import { testOnWasm } from '../../apps/goldens/test/on-wasm.ts';

const addresses = import.meta.glob<string>('../../apps/goldens/data/*', {
  query: '?url',
  import: 'default',
  eager: true,
});
const files = new Map(Object.entries(addresses).map(([path, address]) => [path.replace(/.*\//, ''), address]));

await testOnWasm({
  name: 'data',
  list: async () => [...files.keys()],
  read: async (name) => new Uint8Array(await (await fetch(files.get(name)!)).arrayBuffer()),
});
