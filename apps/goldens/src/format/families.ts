/**
 * The families of a folder of reference cases. A family that is continued in `<family>_2.json` names its family inside, so files of one family are joined by
 * that name. Knows no disk: a folder is whatever lists and reads files, which in a browser is a server.
 */
import { DocumentError, type GoldenFamily, readFamily } from './document.ts';

export interface Folder {
  /** What to call it in messages. */
  readonly name: string;
  /** Names of its files. */
  list(): Promise<readonly string[]>;
  /** The bytes of one. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Reads every `.json` file of the folder; families in the order of their file names. */
export async function readFamilies(folder: Folder): Promise<GoldenFamily[]> {
  const names = (await folder.list()).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new DocumentError(`${folder.name}: no .json files`);
  const families = new Map<string, GoldenFamily>();
  for (const name of names) {
    const part = readFamily(new TextDecoder().decode(await folder.read(name)), name);
    const earlier = families.get(part.family);
    families.set(part.family, earlier ? { ...part, cases: [...earlier.cases, ...part.cases] } : part);
  }
  return [...families.values()];
}
