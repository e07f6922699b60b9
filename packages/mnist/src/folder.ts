/**
 * The four files of a set from a folder on disk, under any of the names they go by. Node only. Knows what the files are
 * called, not what is in them.
 */
import { FormatError, ValueError } from '@nn/backend';
import { type FourFiles, standardNames } from './catalogue.ts';
import type { NamedBytes } from './labelled-images.ts';
import { nodeHost } from './node.ts';

// Well above the largest set in this format (EMNIST's 0.7 GB unpacked); beyond it something else goes by the name.
const mostBytes = 2 ** 30;

/**
 * Reads the four files from `folder`: named as usual, with `-idx` or `.idx`, with or without `.gz`; the plain one of two.
 *
 * @throws ValueError outside Node, or naming the files that are missing
 * @throws FormatError for a file over 1 GiB
 */
export async function readFolder(op: string, folder: string): Promise<FourFiles<NamedBytes>> {
  const node = nodeHost();
  if (node === undefined) {
    throw new ValueError(
      op,
      'dir needs a file system, as in Node; in a browser use download: true, or readIdx on your own bytes',
    );
  }
  const entries = new Set(
    await node.files.readdir(folder).catch((cause: unknown) => {
      throw new ValueError(op, `can't read the folder ${folder} given as dir: ${(cause as Error).message}`, { cause });
    }),
  );
  const found = (name: string): string | undefined => spellings(name).find((spelling) => entries.has(spelling));
  const missing = Object.values(standardNames).filter((name) => found(name) === undefined);
  if (missing.length > 0) {
    throw new ValueError(
      op,
      `the folder ${folder} lacks ${missing.join(', ')} (looked for each as in ${spellings(missing[0]).join(', ')})`,
    );
  }
  const read = async (name: string): Promise<NamedBytes> => {
    const file = found(name)!;
    const path = node.path.join(folder, file);
    const { size } = await node.files.stat(path);
    if (size > mostBytes) throw new FormatError(op, `${path}: expected at most ${mostBytes} bytes, found ${size}`);
    return { name: file, bytes: await node.files.readFile(path) };
  };
  return {
    trainImages: await read(standardNames.trainImages),
    trainLabels: await read(standardNames.trainLabels),
    validImages: await read(standardNames.validImages),
    validLabels: await read(standardNames.validLabels),
  };
}

function spellings(name: string): string[] {
  const dotted = name.replace('-idx', '.idx');
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
}
