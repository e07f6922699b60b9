/** The layer that does nothing. */
import type { KeepsShape, Tensor } from '@nn/tensor';
import { PlainLayer } from '../module/layer.ts';

/** Gives back its input; takes any arguments and ignores them. PyTorch: `torch.nn.Identity`. */
export class Identity extends PlainLayer<KeepsShape> {
  constructor(..._ignored: readonly unknown[]) {
    super();
  }

  override '~compute'(input: Tensor): Tensor {
    return input;
  }
}
