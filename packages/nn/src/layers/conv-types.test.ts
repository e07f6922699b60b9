/** What the compiler knows of convolutions, and what it says. The lines are checked by the type check; running them checks the same words. */
import { ones, type Shape, type Tensor } from '@nn/tensor';
import { expect, expectTypeOf, it } from 'vitest';
import * as nn from '../index.ts';

const images = ones([8, 3, 32, 30]);
const size: number = 3;

it('sizes follow from the settings of a layer', () => {
  expectTypeOf(new nn.Conv2d(3, 16, 3).forward(images)).toEqualTypeOf<Tensor<[8, 16, 30, 28], 'float32'>>();
  const strided = new nn.Conv2d(3, 16, [5, 3], { stride: [2, 1], padding: 1, dilation: 2, groups: 1 });
  expectTypeOf(strided.forward(images)).toEqualTypeOf<Tensor<[8, 16, 13, 28], 'float32'>>();
  expect(strided.forward(images).shape).toEqual([8, 16, 13, 28]);
  const same = new nn.Conv2d(3, 4, [5, 2], { padding: 'same', paddingMode: 'reflect' });
  expectTypeOf(same.forward(images)).toEqualTypeOf<Tensor<[8, 4, 32, 30], 'float32'>>();
  expect(same.forward(images).shape).toEqual([8, 4, 32, 30]);
  const valid = new nn.Conv2d(3, 4, 5, { padding: 'valid' });
  expectTypeOf(valid.forward(ones([3, 32, 30]))).toEqualTypeOf<Tensor<[4, 28, 26], 'float32'>>();
  expectTypeOf(new nn.Conv1d(3, 4, 5).forward(ones([2, 3, 9]))).toEqualTypeOf<Tensor<[2, 4, 5], 'float32'>>();
  expectTypeOf(new nn.Conv3d(3, 4, 2).forward(ones([3, 9, 8, 7]))).toEqualTypeOf<Tensor<[4, 8, 7, 6], 'float32'>>();
  expectTypeOf(new nn.Conv2d(3, 4, size).forward(images)).toEqualTypeOf<Tensor<[8, 4, number, number], 'float32'>>();
  expectTypeOf(new nn.Conv2d(3, 4, 2).forward(images as Tensor)).toEqualTypeOf<Tensor<[...Shape, 4, number, number]>>();
});

it('and of a transposed one', () => {
  const twice = new nn.ConvTranspose2d(3, 16, 3, { stride: 2, padding: 1, outputPadding: [1, 0] });
  expectTypeOf(twice.forward(images)).toEqualTypeOf<Tensor<[8, 16, 64, 59], 'float32'>>();
  expect(twice.forward(images).shape).toEqual([8, 16, 64, 59]);
  const asked = twice.forward(images, { outputSize: [63, 60] });
  expectTypeOf(asked).toEqualTypeOf<Tensor<Shape, 'float32'>>();
  expect(asked.shape).toEqual([8, 16, 63, 60]);
  const wide = new nn.ConvTranspose1d(2, 5, 4, { dilation: 3 });
  expectTypeOf(wide.forward(ones([2, 7]))).toEqualTypeOf<Tensor<[5, 16], 'float32'>>();
  expect(wide.forward(ones([2, 7])).shape).toEqual([5, 16]);
  expectTypeOf(new nn.ConvTranspose3d(3, 4, 2).forward(ones([3, 9, 8, 7]))).toEqualTypeOf<
    Tensor<[4, 10, 9, 8], 'float32'>
  >();
});

it('functions read them off the weight', () => {
  const y = nn.conv2d(images, ones([6, 1, 3, 4]), { groups: 3, padding: [1, 0], stride: 2, bias: ones([6]) });
  expectTypeOf(y).toEqualTypeOf<Tensor<[8, 6, 16, 14], 'float32'>>();
  expect(y.shape).toEqual([8, 6, 16, 14]);
  const z = nn.convTranspose2d(images, ones([3, 2, 4, 4]), { groups: 3, stride: 2 });
  expectTypeOf(z).toEqualTypeOf<Tensor<[8, 6, 66, 62], 'float32'>>();
  expect(z.shape).toEqual([8, 6, 66, 62]);
  expectTypeOf(nn.conv1d(ones([2, 9]), ones([4, 2, 3]) as Tensor)).toEqualTypeOf<Tensor<[number, number], 'float32'>>();
  expectTypeOf(nn.conv1d(ones([2, 9]), ones([4, 2, 3]), { padding: 'same' })).toEqualTypeOf<
    Tensor<[4, 9], 'float32'>
  >();
});

it('a chain ends where it should', () => {
  const model = new nn.Sequential(
    new nn.Conv2d(1, 8, 5, { padding: 2, stride: 2 }),
    new nn.ReLU(),
    new nn.ConvTranspose2d(8, 4, 2, { stride: 2 }),
    new nn.Flatten(),
    new nn.Linear(3136, 10),
  );
  const y = model.forward(ones([2, 1, 28, 28]));
  expectTypeOf(y).toEqualTypeOf<Tensor<[2, 10], 'float32'>>();
  expect(y.shape).toEqual([2, 10]);
  const layers: nn.Conv2d[] = [
    new nn.Conv2d(1, 16, 3, { stride: 2, dilation: [2, 1] }),
    new nn.Conv2d(16, 8, [3, 5], { padding: 'same', bias: false }),
  ];
  let h: Tensor = ones([1, 28, 28]);
  for (const layer of layers) h = layer.forward(h);
  expect(h.shape).toEqual([8, 12, 13]);
});

it('inside of generic functions, and of anything', () => {
  const convolve = <B extends number>(x: Tensor<[B, 1, 9, 9], 'float32'>): Tensor<[B, 4, 7, 7], 'float32'> =>
    new nn.Conv2d(1, 4, 3).forward(x);
  expect(convolve(ones([5, 1, 9, 9])).shape).toEqual([5, 4, 7, 7]);
  // biome-ignore lint/suspicious/noExplicitAny: what `any` does is tested
  const anything: any = ones([5, 1, 9, 9]);
  const y: Tensor = new nn.ConvTranspose2d(1, 4, 3).forward(anything);
  const z: Tensor = nn.conv2d(anything, anything);
  expect([y.shape, z.shape]).toEqual([
    [5, 4, 11, 11],
    [5, 5, 1, 1],
  ]);
});

it('what does not fit is a compile error, in the words of the run-time error', () => {
  // @ts-expect-error Conv2d: the input has 3 channels, expected 1
  expect(() => new nn.Conv2d(1, 2, 3).forward(images)).toThrow('[conv2d] the input has 3 channels, expected 1');
  // @ts-expect-error Conv1d: the input has 4 dimensions, expected 2 or 3
  expect(() => new nn.Conv1d(3, 2, 3).forward(images)).toThrow('[conv1d] the input has 4 dimensions, expected 2 or 3');
  // @ts-expect-error Conv2d: a window of 33 does not fit size 30 with padding 1
  expect(() => new nn.Conv2d(3, 2, [3, 33], { padding: 1 }).forward(images)).toThrow(
    '[conv2d] a window of 33 does not fit size 30 with padding 1',
  );
  // @ts-expect-error ConvTranspose2d: the input has 3 channels, expected 1
  expect(() => new nn.ConvTranspose2d(1, 2, 3).forward(images)).toThrow('the input has 3 channels, expected 1');
  // @ts-expect-error conv2d: the weight has 3 dimensions, expected 4
  expect(() => nn.conv2d(images, ones([2, 3, 3]))).toThrow('[conv2d] the weight has 3 dimensions, expected 4');
  // @ts-expect-error conv2d: the input has 3 channels, expected 4
  expect(() => nn.conv2d(images, ones([2, 2, 3, 3]), { groups: 2 })).toThrow('the input has 3 channels, expected 4');
});
