/// <reference types="vite/client" />
/** The reference cases as a page gets them: from the server of the tests, by address. */
import type { Folder } from '../../apps/goldens/src/format/families.ts';

const addresses = import.meta.glob<string>('../../apps/goldens/data/*', {
  query: '?url',
  import: 'default',
  eager: true,
});
const files = new Map(Object.entries(addresses).map(([path, address]) => [path.replace(/.*\//, ''), address]));

export const folder: Folder = {
  name: 'data',
  list: async () => [...files.keys()],
  read: async (name) => new Uint8Array(await (await fetch(files.get(name)!)).arrayBuffer()),
};
