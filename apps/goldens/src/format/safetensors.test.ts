import { describe, expect, it } from 'vitest';
import { readSafetensors } from './safetensors.ts';

function makeFile(header: unknown, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

const floats = new Uint8Array(new Float32Array([1.5, -2, 0.25]).buffer);

describe('readSafetensors', () => {
  it('reads tensors by name', () => {
    const data = new Uint8Array([...floats, 7, 255]);
    const file = makeFile(
      {
        __metadata__: { format: 'pt' },
        w: { dtype: 'F32', shape: [3, 1], data_offsets: [0, 12] },
        labels: { dtype: 'U8', shape: [2], data_offsets: [12, 14] },
      },
      data,
    );
    expect([...readSafetensors(file)]).toEqual([
      ['w', { dtype: 'float32', shape: [3, 1], values: [1.5, -2, 0.25] }],
      ['labels', { dtype: 'uint8', shape: [2], values: [7, 255] }],
    ]);
  });

  it('reads from the middle of a larger buffer', () => {
    const file = makeFile({ w: { dtype: 'F32', shape: [3], data_offsets: [0, 12] } }, floats);
    const padded = new Uint8Array(file.length + 3);
    padded.set(file, 3);
    expect(readSafetensors(padded.subarray(3)).get('w')?.values).toEqual([1.5, -2, 0.25]);
  });

  it.each([
    ['no length', new Uint8Array(3), 'shorter than its header length'],
    ['a header that does not fit', makeFile({}, floats).subarray(0, 9), 'does not fit'],
    [
      'a shape and offsets that disagree',
      makeFile({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 12] } }, floats),
      'its shape needs 8',
    ],
    [
      'offsets past the end',
      makeFile({ w: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, floats),
      'bytes 0 to 16 of 12',
    ],
    [
      'an unknown dtype',
      makeFile({ w: { dtype: 'C64', shape: [1], data_offsets: [0, 8] } }, floats),
      'unknown dtype C64',
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => readSafetensors(file)).toThrow(message);
  });
});
