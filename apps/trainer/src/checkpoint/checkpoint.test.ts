import { FormatError } from '@nn/backend';
import { expect, test } from 'vitest';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

const checkpoint: Checkpoint<{ step: number }> = {
  model: { tensors: new Map([['w', { type: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) }]]), metadata: { a: 'b' } },
  optimizer: { tensors: new Map(), metadata: {} },
  training: { step: 3 },
};

const decode = (files: ReadonlyMap<string, Uint8Array>): Promise<Checkpoint<{ step: number }>> =>
  decodeCheckpoint('here', async (name) => files.get(name)!);

test('comes back as it was', async () => {
  expect(await decode(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
});

test('has the same bytes each time', () => {
  expect(encodeCheckpoint(checkpoint)).toEqual(encodeCheckpoint(checkpoint));
});

test('a change of any byte of any file is noticed', async () => {
  for (const [name, bytes] of encodeCheckpoint(checkpoint)) {
    if (name === 'manifest.json') continue;
    for (let at = 0; at < bytes.length; at++) {
      const files = encodeCheckpoint(checkpoint);
      files.get(name)![at]! ^= 1;
      await expect(decode(files)).rejects.toThrow(FormatError);
    }
    const files = encodeCheckpoint(checkpoint);
    files.set(name, bytes.subarray(0, -1));
    await expect(decode(files)).rejects.toThrow(
      new RegExp(`^\\[checkpoint\\] here: ${name} isn't what manifest.json says`),
    );
  }
});

test.each([
  ['no JSON', '{', /manifest.json is no JSON/],
  ['another version', '{"version":2,"files":{}}', /states version 2, this program reads version 1/],
  ['no files', '{"version":1}', /states version 1/],
  ['null', 'null', /states version undefined/],
  ['a file that is not listed', '{"version":1,"files":{}}', /model.safetensors isn't what/],
])('a manifest of %s is refused', async (_, text, message) => {
  const files = encodeCheckpoint(checkpoint).set('manifest.json', new TextEncoder().encode(text));
  await expect(decode(files)).rejects.toThrow(message);
});
