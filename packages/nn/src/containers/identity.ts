/** The layer that does nothing. */
import type { KeepsShape, Tensor } from '@nn/tensor';
import { Layer } from '../module/layer.ts';

/** Gives back its input; takes any arguments and ignores them. PyTorch: `torch.nn.Identity`. */
export class Identity extends Layer<KeepsShape> {
  constructor(..._ignored: readonly unknown[]) {
    super();
  }

  protected override compute(input: Tensor): Tensor {
    return input;
  }
}
