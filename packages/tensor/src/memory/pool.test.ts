/** What happens when a backend's memory runs out: what nobody uses is found first, the error names the holders, and things go on afterwards. */
import { type Block, NullBackend, OutOfMemoryError } from '@nn/backend';
import { beforeEach, describe, expect, it } from 'vitest';
import { memory, ones, scope, setBackend, setMemoryLimit, type Tensor, tagged, zeros } from '../index.ts';

const megabyte = 1 << 20;

/** A backend with little memory. */
class SmallBackend extends NullBackend {
  left = 64 * megabyte;
  override allocate(bytes: number): Block {
    if (bytes > this.left) throw new OutOfMemoryError('allocate', `no room for ${bytes} bytes`);
    this.left -= bytes;
    return super.allocate(bytes);
  }
  override free(block: Block): void {
    this.left += block.bytes;
    super.free(block);
  }
}

let backend: SmallBackend;
const hold = (count: number): Tensor[] => Array.from({ length: count }, () => zeros([megabyte]) as Tensor);
const failure = (f: () => unknown): Error => {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have failed');
};

beforeEach(() => {
  backend = new SmallBackend();
  setBackend(backend);
});

describe('a backend without more memory', () => {
  it('is an error that names the largest holders and keeps the reason', () => {
    const held = tagged('hoard', () => hold(15));
    const error = failure(() => tagged('last', () => hold(2)));
    expect(error).toBeInstanceOf(OutOfMemoryError);
    expect(error.message).toContain('[last] 64.0 MB are live on null, it has no room for 4.0 MB more');
    expect(error.message).toContain('largest holders: hoard 60.0 MB, last 4.0 MB');
    expect(String(error.cause)).toContain('no room for 4194304 bytes');
    expect(held.length).toBe(15);
  });

  it('gets back what was given back by name, whatever its size', () => {
    for (let i = 0; i < 100; i++) scope(() => void zeros([megabyte + 100_000 * i]));
    expect(backend.left).toBeGreaterThan(-1);
    const live = memory().byTag.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(live).toBe(memory().live);
    expect(64 * megabyte - backend.left).toBe(memory().live + memory().cached);
  });

  it('gets back at the next awaited read what was dropped', async () => {
    const small = ones([1]) as Tensor;
    let held = hold(15);
    expect(failure(() => hold(2))).toBeInstanceOf(OutOfMemoryError);
    await small.data();
    expect(held.length).toBe(15);
    held = [];
    expect(failure(() => zeros([8 * megabyte]))).toBeInstanceOf(OutOfMemoryError);
    await small.data();
    held = hold(12);
    expect(held.length).toBe(12);
  });

  it('does not keep reads elsewhere waiting', async () => {
    const held = hold(15);
    const elsewhere = new NullBackend();
    const there = zeros([9 * megabyte], { backend: elsewhere }) as Tensor;
    let turns = 0;
    let reading = true;
    const count = (): void => {
      turns++;
      if (reading) setImmediate(count);
    };
    setImmediate(count);
    await there.data();
    reading = false;
    expect(held.length).toBe(15);
    expect(turns).toBeLessThan(40);
  });

  it('does not blame others where one tensor is larger than everything', () => {
    const { message } = failure(() => zeros([32 * megabyte]));
    expect(message).toBe(
      '[full] 0.0 KB are live on null, it has no room for 128.0 MB more. Drop references to tensors that are no longer needed, use a smaller batch, or give the backend more memory.',
    );
  });

  it('an error that is not about memory is passed on', () => {
    const refusal = new TypeError('lost');
    backend.allocate = () => {
      throw refusal;
    };
    expect(failure(() => zeros([megabyte]))).toBe(refusal);
  });
});

it('a limit of the library gives back what is free before it refuses', () => {
  setMemoryLimit(64 * megabyte);
  for (let i = 0; i < 100; i++) scope(() => void zeros([megabyte + 100_000 * i]));
  expect(memory().live + memory().cached).toBeLessThanOrEqual(64 * megabyte);
});

describe('idle memory', () => {
  const freed: number[] = [];
  const allocated: number[] = [];
  beforeEach(() => {
    freed.length = 0;
    allocated.length = 0;
    const roomy = new NullBackend();
    const [allocate, free] = [roomy.allocate.bind(roomy), roomy.free.bind(roomy)];
    roomy.allocate = (bytes) => {
      allocated.push(bytes);
      return allocate(bytes);
    };
    roomy.free = (block) => {
      freed.push(block.bytes);
      free(block);
    };
    setBackend(roomy);
  });
  const total = (): number => memory().live + memory().cached;

  it('of sizes that no longer come is given back before more is taken', () => {
    for (let i = 1; i <= 100; i++) {
      scope(() => void zeros([(i * megabyte) / 4]));
      expect(total()).toBeLessThanOrEqual(2 * (i * 1.25) * megabyte + 64 * megabyte);
    }
    for (let i = 1; i <= 100; i++) scope(() => void zeros([(i * megabyte) / 32]));
    expect(total()).toBeLessThanOrEqual(320 * megabyte);
    const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
    expect(sum(allocated) - sum(freed)).toBe(total());
  });

  it('of sizes that come again and again stays', () => {
    for (let i = 0; i < 200; i++)
      scope(() => {
        for (let k = 1; k <= 40; k++) zeros([(k * megabyte) / 4]);
      });
    expect(freed).toEqual([]);
    expect(allocated.length).toBe(40);
  });
});
