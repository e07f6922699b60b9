/** A leaf that stops requiring grad, and starts again, between forward and backward. Results are PyTorch's. */
import { reference } from '@nn/backend';
import { type Tensor, tensor } from '@nn/tensor';
import { relocate } from '@nn/tensor/internal';
import { describe, expect, it } from 'vitest';
import { grad } from '../src/index.ts';

const leaf = (): Tensor => tensor([1, 1], { requiresGrad: true }) as Tensor;
const values = (t: Tensor | null): number[] | null => (t === null ? null : [...t.dataSync()]);

describe('requiresGrad_(false)', () => {
  it('keeps what was computed before from filling grad, for this leaf alone', () => {
    const [w, other] = [leaf(), leaf()];
    const y = w.mul(other).mul(3).sum();
    w.requiresGrad_(false);
    y.backward();
    expect(w.grad).toBeNull();
    expect(values(other.grad)).toEqual([3, 3]);
  });

  it('keeps it from adding to a gradient that is there', () => {
    const w = leaf();
    const y = w.mul(3).sum();
    y.backward(undefined, { retainGraph: true });
    w.requiresGrad_(false);
    y.backward();
    expect(values(w.grad)).toEqual([3, 3]);
  });

  it('keeps it from calling hooks', () => {
    const w = leaf();
    let calls = 0;
    w.registerHook(() => {
      calls++;
    });
    const y = w.mul(3).sum();
    w.requiresGrad_(false);
    y.backward();
    expect(calls).toBe(0);
    w.requiresGrad_();
    w.mul(3).sum().backward();
    expect(calls).toBe(1);
  });

  it('is undone by requiresGrad_(), for what was computed before and after', () => {
    const w = leaf();
    const y = w.mul(3).sum();
    w.requiresGrad_(false).requiresGrad_();
    const z = w.mul(5).sum();
    expect(grad(y, w, { retainGraph: true }).map(values)).toEqual([[3, 3]]);
    expect(w.grad).toBeNull();
    y.add(z).backward();
    expect(values(w.grad)).toEqual([8, 8]);
  });

  it('is refused where a gradient is asked for', () => {
    const w = leaf();
    const y = w.mul(3).sum();
    w.requiresGrad_(false);
    expect(() => grad(y, w)).toThrow('[grad]');
  });

  it('lets a leaf move and start again where it is', async () => {
    const w = leaf();
    w.mul(3).sum().backward();
    w.requiresGrad_(false);
    const elsewhere = reference();
    expect(w.backend).not.toBe(elsewhere);
    await relocate(w, elsewhere);
    w.requiresGrad_();
    w.mul(2).sum().backward();
    expect(values(w.grad)).toEqual([5, 5]);
    expect(w.grad!.backend).toBe(elsewhere);
  });
});
