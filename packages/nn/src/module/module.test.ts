import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { Linear, Module, ModuleList, Parameter, ReLU, Sequential } from '../index.ts';

/** Parameters before, between and after modules; a shared layer; a plain tensor; a list that a plain array would hide. */
class Net extends Module {
  readonly scale = new Parameter(tensor([1, 2]));
  readonly first = new Linear(3, 2);
  count: Tensor = this.registerBuffer('count', zeros([1]));
  readonly again = this.first;
  readonly layers = new ModuleList([new Linear(2, 2, { bias: false }), new ReLU()]);
  scratch: Tensor = this.registerBuffer('scratch', zeros([2]), { persistent: false });
  readonly plain = zeros([3]);
  readonly hidden = [new Linear(1, 1)];
  readonly shift = new Parameter(tensor([0, 0]), { requiresGrad: false });
  override forward(x: Tensor): Tensor {
    return this.first.forward(x).mul(this.scale);
  }
}

const names = (list: readonly (readonly [string, unknown])[]): string[] => list.map(([name]) => name);

describe('members', () => {
  const net = new Net();

  it('are found in field order, shared ones once, own parameters before those below', () => {
    expect(names(net.namedParameters())).toEqual(['scale', 'shift', 'first.weight', 'first.bias', 'layers.0.weight']);
    expect(net.parameters()[2]).toBe(net.first.weight);
    expect(names(net.namedParameters({ recurse: false, prefix: 'net' }))).toEqual(['net.scale', 'net.shift']);
    expect(names(net.namedBuffers())).toEqual(['count', 'scratch']);
    expect(names(net.namedChildren())).toEqual(['first', 'layers']);
    expect(names(net.namedModules({ prefix: 'net' }))).toEqual([
      'net',
      'net.first',
      'net.layers',
      'net.layers.0',
      'net.layers.1',
    ]);
    expect(net.modules()[0]).toBe(net);
    expect(net.children()).toEqual([net.first, net.layers]);
    expect(net.buffers()).toEqual([net.count, net.scratch]);
  });

  it('are found by path', () => {
    expect(net.getSubmodule('')).toBe(net);
    expect(net.getSubmodule('layers.1')).toBeInstanceOf(ReLU);
    expect(net.getParameter('layers.0.weight').shape).toEqual([2, 2]);
    expect(net.getParameter('scale')).toBe(net.scale);
    expect(net.getBuffer('count')).toBe(net.count);
    expect(() => net.getSubmodule('layers.7')).toThrow('[getSubmodule] layers has no module 7; it has 0, 1');
    expect(() => net.getParameter('first.gain')).toThrow('[getParameter] first has no gain; it has weight, bias');
    expect(() => net.getBuffer('scale')).toThrow('[getBuffer] Net has no scale; it has count, scratch');
  });

  it('follow what is assigned later', () => {
    const changed = new Net();
    changed.count = tensor([5]);
    expect(changed.getBuffer('count')).toBe(changed.count);
    const extra = changed.addModule('extra', new Linear(1, 1));
    changed.registerParameter('gain', new Parameter(zeros([1])));
    changed.registerBuffer('empty', null);
    expect(changed.getSubmodule('extra')).toBe(extra);
    expect(names(changed.namedParameters()).slice(0, 3)).toEqual(['scale', 'shift', 'gain']);
    expect(names(changed.namedBuffers())).toEqual(['count', 'scratch']);
    changed.registerBuffer('empty', zeros([1]));
    expect(names(changed.namedBuffers())).toContain('empty');
  });

  it.each([
    ['a.b', 'must not be empty or contain a dot'],
    ['', 'must not be empty or contain a dot'],
    ['forward', "has a field 'forward' already"],
    ['parameters', "'parameters' is a method or property of Net"],
    ['scale', "has a field 'scale' already"],
    ['plain', "has a field 'plain' already"],
  ])('are not registered as %j', (name, message) => {
    const each = new Net();
    expect(() => each.registerBuffer(name, zeros([1]))).toThrow(message);
    expect(() => each.addModule(name, new ReLU())).toThrow(message);
    if (name !== 'scale') expect(() => each.registerParameter(name, new Parameter(zeros([1])))).toThrow(message);
  });
});

describe('what is done to all', () => {
  it('apply goes from the leaves to the root', () => {
    const seen: string[] = [];
    const net = new Sequential(new Linear(1, 1), new Sequential(new ReLU()));
    expect(net.apply((each) => seen.push(each.constructor.name))).toBe(net);
    expect(seen).toEqual(['Linear', 'ReLU', 'Sequential', 'Sequential']);
  });

  it('train and eval set the mode of all', () => {
    const net = new Net();
    expect(net.eval()).toBe(net);
    expect(net.modules().map((each) => each.training)).toEqual([false, false, false, false, false]);
    net.layers.train();
    expect(net.modules().map((each) => each.training)).toEqual([false, false, true, true, true]);
  });

  it('requiresGrad_ and zeroGrad reach all parameters', async () => {
    const net = new Net();
    net
      .forward(tensor([[1, 2, 3]]))
      .sum()
      .backward();
    expect(net.first.weight.grad).not.toBeNull();
    net.zeroGrad({ setToNull: false });
    expect(await net.first.weight.grad!.toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
    net.requiresGrad_(false);
    expect(net.parameters().some((p) => p.requiresGrad)).toBe(false);
    expect(net.forward(tensor([[1, 2, 3]])).requiresGrad).toBe(false);
    expect(
      net
        .requiresGrad_()
        .parameters()
        .every((p) => p.requiresGrad),
    ).toBe(true);
  });
});

describe('forward', () => {
  it("is the prototype's while nobody listens, and not listed", () => {
    const layer = new ReLU();
    expect(layer.forward).toBe(ReLU.prototype.forward);
    expect(Object.keys(layer)).not.toContain('forward');
    const handle = layer.registerForwardHook(() => {});
    expect(layer.forward).not.toBe(ReLU.prototype.forward);
    handle.remove();
    expect(layer.forward).toBe(ReLU.prototype.forward);
  });

  it('may call that of the class above', async () => {
    class Doubled extends Net {
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(2);
      }
    }
    const net = new Doubled();
    let calls = 0;
    net.registerForwardHook(() => {
      calls++;
    });
    net.forward(zeros([1, 3]));
    expect(calls).toBe(1);
  });

  it('that is missing says so', () => {
    class Empty extends Net {}
    Object.defineProperty(Empty.prototype, 'forward', { value: undefined });
    expect(() => new Empty().forward(zeros([1]))).toThrow('[Empty] forward is missing: write a method forward(x)');
  });

  it('as a field is refused where the field is defined', () => {
    class Field extends Module {
      override forward = (x: Tensor): Tensor => x;
    }
    expect(() => new Field()).toThrow(TypeError);
    expect(() => new Field()).toThrow('Cannot redefine property: forward');
  });

  it('as a field is refused where it is assigned, as compilers for older targets do', () => {
    class Assigned extends Module {
      constructor() {
        super();
        this.forward = (x: Tensor): Tensor => x;
      }
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect(() => new Assigned()).toThrow(
      '[Assigned] forward is a field, which hooks could not listen to; write it as a method',
    );
  });
});
