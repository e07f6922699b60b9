/** Plans are kept for what may come again, and hold nothing for good: neither the ops that were made for one of them nor backends that are no longer used. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Backend, type Expression, input, NullBackend } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { getDefaultDType, ones, setBackend, setDefaultDType, type Tensor, tensor } from '../index.ts';
import { dispatch } from './dispatch.ts';
import { type MapBuild, Op } from './op.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** How many of these are left when the collector has been through. */
async function left(references: readonly WeakRef<object>[]): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
  }
  return references.filter((each) => each.deref() !== undefined).length;
}

const passing = (expression: Expression): Op<'map'> => {
  const build = (): MapBuild => ({ outputs: [{ dtype: getDefaultDType(), expression }], scalars: 0 });
  return new Op('map', 'passing', { inPlace: false, build });
};

describe('what has plans', () => {
  it('is an op that goes when nobody holds it: gradient rules make some for each new shape', async () => {
    setBackend(new NullBackend());
    const ops = Array.from({ length: 2000 }, (_, i) => {
      const op = passing(input(0, 'f32'));
      dispatch(op, ones([i + 1]));
      return new WeakRef(op);
    });
    expect(await left(ops)).toBeLessThan(50);
  });

  it('is told of a new default dtype, however many others there were', async () => {
    setBackend(new NullBackend());
    const x: Tensor = tensor([1n, 2n]);
    const op = passing(input(0, 'i32'));
    const dtypeOf = (): string => dispatch(op, x).dtype;
    expect(dtypeOf()).toBe('float32');
    for (let i = 0; i < 5000; i++) dispatch(passing(input(0, 'f32')), x.float());
    await left([]);
    try {
      setDefaultDType('float64');
      expect(dtypeOf()).toBe('float64');
    } finally {
      setDefaultDType('float32');
    }
    expect(dtypeOf()).toBe('float32');
  });
});

describe('a backend that nobody uses any more', () => {
  it('is let go of, with what was launched on it, when others come', async () => {
    const made: WeakRef<Backend>[] = [];
    for (let i = 0; i < 20; i++) {
      const backend = new NullBackend();
      made.push(new WeakRef(backend));
      setBackend(backend);
      ones([3, i + 1])
        .mul(2)
        .sum();
    }
    expect(await left(made)).toBeLessThan(3);
  });

  it('leaves the others what they need', async () => {
    const old = new NullBackend();
    setBackend(old);
    const x = ones([2, 3]) as Tensor;
    const y = x.mul(2);
    setBackend(new NullBackend());
    ones([2, 3]).mul(2);
    expect(x.mul(2).layout.device).toBe(y.layout.device);
    expect(x.add(y).backend).toBe(old);
    expect(x.add_(y).shape).toEqual([2, 3]);
  });
});
