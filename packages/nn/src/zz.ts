import { Linear, ReLU, Sequential, Module, Parameter, ParameterList, ModuleList, ModuleDict, Tanh, Dropout, ELU, GELU, init, Bilinear, PReLU } from './index.ts';
import { randn, zeros, ones, manualSeed, tensor, type Tensor } from '@nn/tensor';
manualSeed(1);
const m = new Sequential(new Linear(784, 50), new ReLU(), new Linear(50, 10));
console.log(m);
const x = randn([4, 784]);
const y = m.forward(x);
console.log(y.shape, y);
y.sum().backward();
console.log(m.at(0).weight.grad!.shape);
class Nest extends Module {
  layers = new ModuleList([new Linear(3, 2), new ReLU()]);
  d = new ModuleDict({ a: new Linear(2, 2), b: new Tanh() });
  scale = new Parameter(ones([2]));
  count: Tensor = this.registerBuffer('count', zeros([1], { dtype: 'int64' }));
  tmp: Tensor = this.registerBuffer('tmp', zeros([2]), { persistent: false });
  plist = new ParameterList([new Parameter(zeros([2, 2]))]);
  override forward(x: Tensor) { return x; }
}
const n = new Nest();
console.log(n, Object.keys(n.stateDict()), n.namedBuffers().map((p) => p[0]), n.namedModules().map((p) => p[0]));
console.log(new ELU(), new GELU(), new Dropout({ p: 0.3 }), new PReLU(), new Bilinear(2, 3, 4), n.scale);
try { new Linear(2, 2).loadStateDict({ weight: zeros([2, 3]), foo: zeros([1]) }); } catch (e) { console.log((e as Error).message); }
console.log(new Bilinear(2, 3, 4).forward(zeros([8, 2]), zeros([8, 3])).shape);
class F extends Module { override forward = (x: Tensor) => x; }
try { new F(); } catch (e) { console.log((e as Error).message); }
class G extends Module { constructor() { super(); this.forward = (x: Tensor) => x; } override forward(x: Tensor) { return x; } }
try { new G(); } catch (e) { console.log((e as Error).message); }
const l = new Linear(3, 2); const opt = l.weight;
l.double(); console.log(l.weight === opt, opt.dtype, l.forward(randn([1, 3], { dtype: 'float64' })));
console.log(await init.orthogonal_(zeros([2, 3])).toArray(), init.truncNormal_(zeros([3, 3])), init.sparse_(zeros([4, 2]), 0.3), init.dirac_(zeros([2, 2, 3])));
