/** Classes that exist only in the examples of the files. */

import { Linear, Module, ModuleDict, ModuleList, Parameter, ParameterList, ReLU, Tanh } from '@nn/nn';
import { ones, type Tensor, zeros } from '@nn/tensor';

/** `MLP(n_inps, nh, n_outs)`: two linear layers with a ReLU between. */
export class MLP extends Module {
  readonly l1: Linear;
  readonly l2: Linear;
  readonly relu: ReLU;

  constructor(inputs: number, hidden: number, outputs: number) {
    super();
    this.l1 = new Linear(inputs, hidden);
    this.l2 = new Linear(hidden, outputs);
    this.relu = new ReLU();
  }

  override forward(x: Tensor): Tensor {
    return this.l2.forward(this.relu.forward(this.l1.forward(x)));
  }
}
