import { readFileSync } from 'node:fs';
import { FormatError, ShapeError, ValueError } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, elementTypes } from './element-types.ts';
import { readSafetensors, type Safetensors, type StoredTensor, writeSafetensors } from './safetensors.ts';

// Made by the Python package safetensors 0.7 of the tensors below, given in another order.
const official = Buffer.from(
  'qAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidlwiIn0sImEiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzEsM10sImRhdGFfb2Zmc2V0cyI6WzAs' +
    'MjRdfSwiw6lcIiI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMjQsMzJdfSwiYiI6eyJkdHlwZSI6IkYzMiIsInNoYXBl' +
    'IjpbMl0sImRhdGFfb2Zmc2V0cyI6WzMyLDQwXX0sImUiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsM10sImRhdGFfb2Zmc2V0cyI6WzQwLDQwXX0s' +
    'ImkiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls0MCw0NF19LCJjIjp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzFdLCJk' +
    'YXRhX29mZnNldHMiOls0NCw0NV19LCJkIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ1LDQ3XX19ICAgICAgAQAA' +
    'AAAAAAACAAAAAAAAAAMAAAAAAAAAAAAAAAAA0D8AAMA/AAAAwPv///8HAQA=',
  'base64',
);

const bytes = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const content: Safetensors = {
  metadata: { k: 'v"' },
  tensors: new Map<string, StoredTensor>([
    ['b', { type: 'F32', shape: [2], bytes: bytes(Float32Array.of(1.5, -2)) }],
    ['a', { type: 'I64', shape: [1, 3], bytes: bytes(BigInt64Array.of(1n, 2n, 3n)) }],
    ['d', { type: 'BOOL', shape: [2], bytes: Uint8Array.of(1, 0) }],
    ['c', { type: 'U8', shape: [1], bytes: Uint8Array.of(7) }],
    ['é"', { type: 'F64', shape: [], bytes: bytes(Float64Array.of(0.25)) }],
    ['e', { type: 'F32', shape: [0, 3], bytes: new Uint8Array(0) }],
    ['i', { type: 'I32', shape: [1], bytes: bytes(Int32Array.of(-5)) }],
  ]),
};

/** A file of a header as given and some bytes of data. */
function file(header: unknown, data = 0): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  const result = new Uint8Array(8 + encoded.length + data);
  new DataView(result.buffer).setBigUint64(0, BigInt(encoded.length), true);
  result.set(encoded, 8);
  return result;
}
const entry = (shape: readonly number[], begin: number, end: number, dtype = 'F32'): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('against the Python package', () => {
  test('its bytes are written', () => {
    expect(Buffer.from(writeSafetensors(content)).equals(official)).toBe(true);
  });

  test('its bytes are read', () => {
    const { tensors, metadata } = readSafetensors(official);
    expect(metadata).toEqual(content.metadata);
    expect(tensors.size).toBe(content.tensors.size);
    for (const [name, tensor] of content.tensors) {
      const { type, shape, bytes } = tensors.get(name)!;
      expect({ type, shape, bytes: Array.from(bytes) }).toEqual({ ...tensor, bytes: Array.from(tensor.bytes) });
    }
  });

  test('weights trained by PyTorch are read', () => {
    const weights = readFileSync(new URL('../../../goldens/data/mlp_weights.safetensors', import.meta.url));
    const { tensors } = readSafetensors(weights);
    expect([...tensors].map(([name, { type, shape }]) => [name, type, shape])).toEqual([
      ['0.weight', 'F32', [50, 784]],
      ['0.bias', 'F32', [50]],
      ['2.weight', 'F32', [10, 50]],
      ['2.bias', 'F32', [10]],
    ]);
  });
});

describe('what is written is read', () => {
  const tensor = fc
    .record({ type: fc.constantFrom(...elementTypes), shape: fc.array(fc.nat(4), { maxLength: 4 }) })
    .filter(({ type, shape }) => bytesOf(type, shape) !== undefined)
    .chain(({ type, shape }) => {
      const size = bytesOf(type, shape)!;
      return fc.record({
        type: fc.constant(type),
        shape: fc.constant(shape),
        bytes: fc.uint8Array({ minLength: size, maxLength: size }),
      });
    });
  const name = fc.string().filter((text) => text !== '__metadata__');

  test('for all names, types, shapes and metadata', () => {
    fc.assert(
      fc.property(fc.dictionary(name, tensor), fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        const written = writeSafetensors({ tensors: new Map(Object.entries(tensors)), metadata });
        const read = readSafetensors(written);
        expect(Object.fromEntries(read.tensors)).toEqual({ ...tensors });
        expect(read.metadata).toEqual({ ...metadata });
        expect(writeSafetensors(read)).toEqual(written);
      }),
    );
  });
});

describe('what is refused', () => {
  test.each([
    ['no header length', new Uint8Array(7), /7 bytes, less than the 8/],
    [
      'a header beyond the end',
      file({}).subarray(0, 9),
      /a header of 2 bytes doesn't fit in a file of 9 \(truncated\?\)/,
    ],
    [
      'an enormous header',
      Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255),
      /longer than the 100000000 that are allowed; is this a safetensors file\?/,
    ],
    ['no JSON', file('{"a"'), /the header is no JSON/],
    ['bytes that are no UTF-8', file('{}').fill(0xff, 8), /the header is no JSON/],
    ['an array', file([]), /no JSON object/],
    ['space before the object', file(' {}'), /no JSON object that starts at byte 8/],
    ['null', file('null'), /no JSON object/],
    [
      'metadata that are no strings',
      file({ __metadata__: { a: 1 } }),
      /__metadata__ must be an object of strings, found {"a":1}/,
    ],
    ['metadata that are an array', file({ __metadata__: ['a'] }), /__metadata__ must be an object of strings/],
    [
      'a name twice',
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
      /the name "a" twice/,
    ],
    [
      'a repeated field',
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[],"data_offsets":[0,1]}}', 1),
      /the name "dtype" twice/,
    ],
    ['an entry that is no object', file({ a: 5 }), /"a" is 5, no object/],
    ['an unknown type', file({ a: entry([1], 0, 4, 'F31') }, 4), /"a" has the unknown dtype "F31"; known are BOOL/],
    ['a type by another name of objects', file({ a: entry([1], 0, 4, 'toString') }, 4), /unknown dtype "toString"/],
    ['a missing shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /"a" has the shape nothing/],
    ['a negative size', file({ a: entry([-1], 0, 4) }, 4), /the shape \[-1\]/],
    ['half a size', file({ a: entry([0.5], 0, 2) }, 2), /the shape \[0.5\]/],
    ['sizes beyond all numbers', file({ a: entry([2 ** 40, 2 ** 40], 0, 4) }, 4), /takes no possible number of bytes/],
    ['half a byte', file({ a: entry([1], 0, 1, 'F4') }, 1), /takes no possible number of bytes as F4/],
    ['three offsets', file({ a: { ...entry([1], 0, 4), data_offsets: [0, 4, 8] } }, 4), /no pair of positions/],
    ['an end before the begin', file({ a: entry([1], 4, 0) }, 4), /lies at bytes 4 to 0 of 4/],
    ['an end beyond the data', file({ a: entry([2], 0, 8) }, 4), /lies at bytes 0 to 8 of 4 \(truncated\?\)/],
    ['a shape that needs less', file({ a: entry([1], 0, 8) }, 8), /needs 4 bytes as F32, its data_offsets hold 8/],
    [
      'an overlap',
      file({ a: entry([2], 0, 8), b: entry([2], 4, 12) }, 12),
      /"b" starts at byte 4 of the data, inside the tensor before it; expected 8/,
    ],
    [
      'a gap',
      file({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12),
      /"b" starts at byte 8 of the data, after a gap; expected 4/,
    ],
    ['trailing bytes', file({ a: entry([1], 0, 4) }, 5), /1 bytes after the last tensor belong to nothing/],
    ['data without tensors', file({}, 3), /3 bytes after the last tensor/],
  ])('%s', (_, broken, message) => {
    expect(() => readSafetensors(broken, 'x')).toThrow(FormatError);
    expect(() => readSafetensors(broken, 'x')).toThrow(message);
    expect(() => readSafetensors(broken, 'x')).toThrow(/^\[safetensors\] x: /);
  });

  test('in writing: a reserved name, bytes that do not fill the shape', () => {
    const one: StoredTensor = { type: 'U8', shape: [1], bytes: Uint8Array.of(1) };
    const write = (name: string, tensor: StoredTensor) => () =>
      writeSafetensors({ tensors: new Map([[name, tensor]]), metadata: {} });
    expect(write('__metadata__', one)).toThrow(ValueError);
    expect(write('a', { ...one, shape: [2] })).toThrow(ShapeError);
  });
});

describe('damaged files', () => {
  const whole = new Uint8Array(official);

  test('cut off anywhere', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.subarray(0, length))).toThrow(FormatError);
    }
  });

  test('with any bytes changed: read or refused, never another error, never more tensors than bytes', () => {
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = whole.slice();
        for (const { at, to } of changes) damaged[at] = to;
        try {
          const { tensors } = readSafetensors(damaged);
          expect([...tensors.values()].reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(damaged.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('of random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        // A length that leads into the file, so that what comes after it is looked at too.
        const broken = random.slice();
        broken.fill(0, 1, 8);
        try {
          readSafetensors(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
