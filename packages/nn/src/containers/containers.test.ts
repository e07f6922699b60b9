import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import {
  Identity,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  ParameterDict,
  ParameterList,
  ReLU,
  Sequential,
  Tanh,
} from '../index.ts';

const keys = (module: Module): string[] => module.namedParameters().map(([name]) => name);
const kinds = (modules: Iterable<Module>): string[] => Array.from(modules, (each) => each.constructor.name);

describe('Sequential', () => {
  it('hands each output to the next', async () => {
    const model = new Sequential(new ReLU(), new Identity(), new Tanh());
    expect(await model.forward(tensor([-1, 0])).toArray()).toEqual([0, 0]);
    const x = tensor([1]);
    expect(new Sequential().forward(x)).toBe(x);
  });

  it('names modules by position, by the keys of an object, or by pairs', () => {
    expect(keys(new Sequential(new Linear(1, 1), new ReLU(), new Linear(1, 1, { bias: false })))).toEqual([
      '0.weight',
      '0.bias',
      '2.weight',
    ]);
    expect(keys(new Sequential({ last: new Linear(1, 1), act: new ReLU() }))).toEqual(['last.weight', 'last.bias']);
    expect(
      keys(
        new Sequential([
          ['b', new Linear(1, 1)],
          ['a', new Linear(1, 1)],
        ]),
      ),
    ).toEqual(['b.weight', 'b.bias', 'a.weight', 'a.bias']);
  });

  it('refuses what is no module, from callers whom no compiler checks', () => {
    // biome-ignore lint/suspicious/noExplicitAny: one of them
    const Any = Sequential as any;
    const message = '[Sequential] element 0 is no module; pass modules, or one object of named modules';
    for (const parts of [[new Linear(1, 1), new ReLU()], ReLU, () => 1, undefined, 3])
      expect(() => new Any(parts)).toThrow(message);
    expect(keys(new Any({ 0: new Linear(1, 1) }))).toEqual(['0.weight', '0.bias']);
  });

  it('is a list', () => {
    const [first, second, third] = [new Linear(1, 2), new ReLU(), new Linear(2, 3)] as const;
    const model = new Sequential(first, second, third);
    expect(model.length).toBe(3);
    expect([model.at(0), model.at(-1)]).toEqual([first, third]);
    expect(() => model.at(3)).toThrow('[Sequential.at] index 3 is out of range for 3 elements');
    expect([...model]).toEqual([first, second, third]);
    expect([...model.slice(1)]).toEqual([second, third]);
    expect(model.append(new Tanh())).toBe(model);
    model.insert(1, new Identity());
    expect(kinds(model)).toEqual(['Linear', 'Identity', 'ReLU', 'Linear', 'Tanh']);
    expect(keys(model)).toEqual(['0.weight', '0.bias', '3.weight', '3.bias']);
    model.set(-1, new ReLU()).extend([new Tanh(), new Tanh()]);
    expect(kinds(model)).toEqual(['Linear', 'Identity', 'ReLU', 'Linear', 'ReLU', 'Tanh', 'Tanh']);
    const named = new Sequential({ a: new ReLU() });
    named.append(new Tanh()).insert(0, new Identity());
    expect(named.namedChildren().map(([name]) => name)).toEqual(['2', 'a', '1']);
  });

  it('refuses what is no module, and names that clash', () => {
    expect(() => new Sequential(new ReLU(), 'ReLU' as never)).toThrow('element 1 is no module');
    expect(
      () =>
        new Sequential([
          ['a', new ReLU()],
          ['a', new ReLU()],
        ]),
    ).toThrow("the name 'a' appears twice");
    expect(() => new Sequential({ 'a.b': new ReLU() })).toThrow("'a.b' can't be a name");
    const model = new Sequential(new ReLU());
    expect(() => model.set(0, 1 as never)).toThrow('is no module');
    expect(() => model.insert(5, new ReLU())).toThrow('index 5 is out of range');
    expect(kinds(model)).toEqual(['ReLU']);
  });

  it('may be subclassed and hold other members, which it does not call', async () => {
    class Block extends Sequential<readonly Module[]> {
      readonly unused = new Linear(1, 1);
    }
    const block = new Block(new ReLU());
    expect(keys(block)).toEqual(['unused.weight', 'unused.bias']);
    expect(await block.forward(tensor([-1])).toArray()).toEqual([0]);
  });
});

describe('ModuleList', () => {
  it('is a list of modules under their positions', () => {
    const list = new ModuleList<Module>([new Linear(1, 1)]);
    list.append(new ReLU()).insert(0, new Tanh()).extend([new Identity()]).set(2, new Tanh());
    expect(kinds(list)).toEqual(['Tanh', 'Linear', 'Tanh', 'Identity']);
    expect(keys(list)).toEqual(['1.weight', '1.bias']);
    expect([list.length, list.at(-1).constructor.name, kinds(list.slice(1, 3))]).toEqual([
      4,
      'Identity',
      ['Linear', 'Tanh'],
    ]);
    expect(() => list.forward()).toThrow('is a list, not a chain');
    expect(() => list.append(3 as never)).toThrow('3 is no module');
  });
});

describe('ModuleDict', () => {
  it('has modules by name in the order of insertion, whatever the names', () => {
    const dict = new ModuleDict<Readonly<Record<string, Module>>>([
      ['10', new Linear(1, 1)],
      ['2', new ReLU()],
      ['keys', new Tanh()],
    ]);
    expect([...dict.keys()]).toEqual(['10', '2', 'keys']);
    expect(dict.namedChildren().map(([name]) => name)).toEqual(['10', '2', 'keys']);
    dict.set('2', new Tanh()).update({ more: new Identity() });
    expect(kinds(dict.values())).toEqual(['Linear', 'Tanh', 'Tanh', 'Identity']);
    expect(dict.delete('keys')).toBeInstanceOf(Tanh);
    expect([dict.size, dict.has('keys'), dict.delete('keys')]).toEqual([3, false, undefined]);
    expect([...dict].map(([name]) => name)).toEqual([...dict.entries()].map(([name]) => name));
    expect(() => dict.get('keys')).toThrow("[ModuleDict.get] there is no 'keys'; there are 10, 2, more");
    expect(() => dict.set('a.b', new ReLU())).toThrow("can't be a name");
    expect(() => dict.forward()).toThrow('is a collection');
    dict.clear();
    expect(dict.size).toBe(0);
  });

  it('knows what is under a name', () => {
    const dict = new ModuleDict({ a: new Linear(3, 2), b: new Tanh() });
    const width: 2 = dict.get('a').outFeatures;
    expect(width).toBe(2);
    // @ts-expect-error there is no c
    expect(() => dict.get('c')).toThrow('there is no');
  });
});

describe('ParameterList and ParameterDict', () => {
  it('make parameters of tensors and list them', () => {
    const own = new Parameter(zeros([1]));
    const list = new ParameterList([own, zeros([2])]);
    expect(list.at(0)).toBe(own);
    expect(list.append(zeros([3])).set(1, zeros([4])).length).toBe(3);
    expect([...list].map((p) => [p instanceof Parameter, p.shape])).toEqual([
      [true, [1]],
      [true, [4]],
      [true, [3]],
    ]);
    expect(keys(list)).toEqual(['0', '1', '2']);
    expect(() => list.append(3 as never)).toThrow('3 is no tensor');
    expect(() => list.forward()).toThrow('compute nothing');

    const dict = new ParameterDict({ b: own });
    dict.set('a', zeros([2])).update([['c', zeros([1])]]);
    expect(keys(dict)).toEqual(['b', 'a', 'c']);
    expect(dict.get('b')).toBe(own);
    expect([dict.has('a'), dict.delete('a')?.shape, dict.size, [...dict.keys()]]).toEqual([true, [2], 2, ['b', 'c']]);
    expect(() => dict.get('a')).toThrow("there is no 'a'; there are b, c");
    expect(() => dict.forward()).toThrow('compute nothing');
    expect([[...dict.values()].length, [...dict.entries()].length, [...dict].length]).toEqual([2, 2, 2]);
    dict.clear();
    expect(dict.size).toBe(0);
  });

  it('are trained like fields', async () => {
    class Product extends Module {
      readonly factors = new ParameterList([tensor([2]), tensor([5])]);
      override forward(x: Tensor): Tensor {
        let y: Tensor = x;
        for (const factor of this.factors) y = y.mul(factor);
        return y;
      }
    }
    const product = new Product();
    product
      .forward(tensor([3]))
      .sum()
      .backward();
    expect(await Promise.all(product.parameters().map((p) => p.grad!.item()))).toEqual([15, 6]);
  });
});
