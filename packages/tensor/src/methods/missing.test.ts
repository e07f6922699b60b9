import { NnError } from '@nn/backend';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as functions from '../index.ts';
import * as families from './more/index.ts';

const names = Object.values(families)
  .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
  .filter((name) => name !== 'constructor');
const method = (name: string): unknown => Object.getOwnPropertyDescriptor(functions.Tensor.prototype, name)?.value;
/** `var` is a word of the language; `unfold` is a method alone, as in PyTorch. */
const functionOf = (name: string): unknown => Reflect.get(functions, name === 'var' ? 'variance' : name);
const methodsAlone = ['unfold'];

describe('before @nn/tensor/methods is imported', () => {
  it.each(names)('%s says what is missing', (name) => {
    const x = functions.zeros([2]);
    expect(() => (method(name) as () => void).call(x)).toThrow(NnError);
    expect(() => (method(name) as () => void).call(x)).toThrow(`[${name}] this method is not loaded: add import`);
  });

  it.each(names.filter((name) => !methodsAlone.includes(name)))('the function %s is there', (name) => {
    expect(functionOf(name)).toBeTypeOf('function');
  });
});

describe('after @nn/tensor/methods was imported', () => {
  beforeAll(async () => {
    await import('../methods.ts');
  });
  afterAll(() => vi.resetModules());

  it.each(names)('%s is the method', (name) => {
    const own = Object.values(families).find(({ prototype }) => Object.hasOwn(prototype, name))!;
    expect(method(name)).toBe(Reflect.get(own.prototype, name));
  });

  it('nothing else hides behind the error', () => {
    const announced = Object.getOwnPropertyNames(functions.Tensor.prototype).filter((name) =>
      String(method(name)).includes('not loaded'),
    );
    expect(announced).toEqual([]);
  });

  it('methods work', async () => {
    expect(await functions.tensor([3, 1, 2]).median().item()).toBe(2);
    expect(await functions.tensor([4]).sqrt_().item()).toBe(2);
  });
});
