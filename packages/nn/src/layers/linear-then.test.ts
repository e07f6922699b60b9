/** When a product and the elementwise op behind it are one launch, and when they can't be. */
import '@nn/autograd';
import { add, type DType, dtypes, type Expression, type Kernel, less, NullBackend, relu, scalar, sigmoid, silu } from '@nn/backend'; // biome-ignore format: a list
import { memory, type Tensor, zeros } from '@nn/tensor';
import { element, linearThen, Op, single } from '@nn/tensor/internal';
import { describe, expect, it } from 'vitest';

/** An op of one operand; `dtype` of the result, if it isn't the operand's. */
const mapOf = (make: (x: Expression) => Expression, scalars = 0, dtype?: DType): Op<'map'> =>
  new Op('map', 'test', {
    inPlace: false,
    build: ([layout]) => single(dtype ?? layout!.dtype, make(element(layout!, 0)), scalars),
  });
const readsResult = mapOf(sigmoid);
const readsOperand = mapOf(silu);
const hasNumber = mapOf((x) => add(x, scalar(0, dtypes.float32.scalar)), 1);
const compares = mapOf((x) => less(x, x), 0, 'bool');

/** Takes products with a sum behind them at most, and remembers what it was asked. */
class Picky extends NullBackend {
  readonly asked: Kernel[] = [];
  override supports(kernel: Kernel): boolean {
    this.asked.push(kernel);
    return kernel.kind !== 'matmul' || kernel.epilogue.op === 'input' || kernel.epilogue.op === 'add';
  }
}

const run = (backend: NullBackend, then: Op<'map'>, dtype: DType, tracked: boolean): Tensor => {
  const x = zeros([3, 4], { backend, dtype }) as Tensor;
  if (tracked) x.requiresGrad_();
  return linearThen(x, zeros([2, 4], { backend, dtype }) as Tensor, zeros([2], { backend, dtype }) as Tensor, then);
};

describe('a product and an op behind it', () => {
  it.each<[string, Op<'map'>, DType, tracked: boolean, wanted: number]>([
    ['relu', mapOf(relu), 'float32', true, 1],
    ['relu of integers', mapOf(relu), 'int32', false, 1],
    ['an op whose gradient reads its result', readsResult, 'float32', true, 1],
    ['an op whose gradient reads its operand', readsOperand, 'float32', true, 2],
    ['the same without a gradient', readsOperand, 'float32', false, 1],
    ['float16, which is rounded in between', readsResult, 'float16', false, 2],
    ['a result of another dtype', compares, 'float32', false, 2],
    ['an op with run-time numbers', hasNumber, 'float32', false, 2],
  ])('launches of %s', (_, then, dtype, tracked, wanted) => {
    const backend = new NullBackend();
    run(backend, then, dtype, tracked);
    const before = backend.counts.launches;
    run(backend, then, dtype, tracked);
    const after = backend.counts.launches;
    expect(after.matmul - before.matmul + after.map - before.map - 3).toBe(wanted);
  });

  it('are two launches where the backend declines, which it is asked once; what lies between is given back', () => {
    const backend = new Picky();
    const then = mapOf(relu);
    const operands = [[3, 4], [2000, 4], [2000]].map((shape) => zeros(shape, { backend }) as Tensor);
    const [x, w, b] = operands as [Tensor, Tensor, Tensor];
    linearThen(x, w, b, then).dispose();
    const taken = (): number => memory(backend).live - memory(backend).free;
    const [asked, before] = [backend.asked.length, taken()];
    for (let i = 0; i < 50; i++) linearThen(x, w, b, then).dispose();
    expect(backend.asked).toHaveLength(asked);
    expect(taken()).toBe(before);
  });
});
