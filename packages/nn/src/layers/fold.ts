/** Windows as columns, and back, as layers. */
import type { PerDimension, Tensor } from '@nn/tensor';
import { type FoldOptions, fold, unfold } from '../functional/fold.ts';
import { PlainLayer, type UnknownShape } from '../module/layer.ts';
import { pythonSize } from './pooling/shapes.ts';

abstract class WindowLayer extends PlainLayer<UnknownShape> {
  readonly kernelSize: PerDimension;
  readonly dilation: PerDimension;
  readonly padding: PerDimension;
  readonly stride: PerDimension;

  constructor(kernelSize: PerDimension, options: FoldOptions) {
    super(options);
    this.kernelSize = kernelSize;
    this.dilation = options.dilation ?? 1;
    this.padding = options.padding ?? 0;
    this.stride = options.stride ?? 1;
  }

  override extraRepr(): string {
    const { kernelSize, dilation, padding, stride } = this;
    return `kernel_size=${pythonSize(kernelSize)}, dilation=${pythonSize(dilation)}, padding=${pythonSize(padding)}, stride=${pythonSize(stride)}`;
  }
}

/**
 * Every window over (N, C, H, W) or (C, H, W) as a column: (N, C · kernel, windows), (C · kernel, windows); options as `unfold`. PyTorch: `torch.nn.Unfold`.
 * @throws ShapeError, ValueError in `forward`, as `unfold`
 * @example
 * ```ts
 * import { Unfold } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new Unfold([2, 3]).forward(zeros([2, 5, 3, 4])).shape); // prints: [ 2, 30, 4 ]
 * ```
 */
export class Unfold extends WindowLayer {
  constructor(kernelSize: PerDimension, options: FoldOptions = {}) {
    super(kernelSize, options);
  }

  override '~compute'(input: Tensor): Tensor {
    const { dilation, padding, stride } = this;
    return unfold(input, this.kernelSize, { dilation, padding, stride });
  }
}

/**
 * Columns (N, C · kernel, windows) or (C · kernel, windows) added up to images of size `outputSize`: (N, C, H, W), (C, H, W); options as `fold`. PyTorch: `torch.nn.Fold`.
 * @throws ShapeError, DTypeError, ValueError in `forward`, as `fold`
 * @example
 * ```ts
 * import { Fold } from '@nn/nn';
 * import { zeros } from '@nn/tensor';
 * console.log(new Fold([4, 5], [2, 2]).forward(zeros([1, 12, 12])).shape); // prints: [ 1, 3, 4, 5 ]
 * ```
 */
export class Fold extends WindowLayer {
  readonly outputSize: PerDimension;

  constructor(outputSize: PerDimension, kernelSize: PerDimension, options: FoldOptions = {}) {
    super(kernelSize, options);
    this.outputSize = outputSize;
  }

  override '~compute'(input: Tensor): Tensor {
    const { dilation, padding, stride } = this;
    return fold(input, this.outputSize, this.kernelSize, { dilation, padding, stride });
  }

  override extraRepr(): string {
    return `output_size=${pythonSize(this.outputSize)}, ${super.extraRepr()}`;
  }
}
