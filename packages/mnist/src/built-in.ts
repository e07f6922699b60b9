/**
 * The digits that come with the package: 9,000 to train with and 1,000 held out, one hundred of each class. Their module
 * (1.8 MB) is loaded only when they are asked for.
 */
import { unpackDigits } from './digit-packing.ts';
import type { LabelledImages } from './labelled-images.ts';

/** Loads the built-in digits. No file or network is touched. */
export async function loadBuiltIn(): Promise<{ train: LabelledImages; valid: LabelledImages }> {
  const { heldOut, packed } = await import('./digits.generated.ts');
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const { images, labels } = await unpackDigits(bytes);
  const part = (from: number, to: number): LabelledImages => ({
    images: images.subarray(from * 784, to * 784),
    labels: labels.subarray(from, to),
    shape: [to - from, 28, 28],
  });
  const trained = labels.length - heldOut;
  return { train: part(0, trained), valid: part(trained, labels.length) };
}
