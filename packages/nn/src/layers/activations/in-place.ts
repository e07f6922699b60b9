/** What activations share that may overwrite their input. */
import type { KeepsShape } from '@nn/tensor';
import { PlainLayer } from '../../module/layer.ts';

export interface InPlaceOptions {
  /** Overwrite the input instead of making a new tensor; false. */
  readonly inplace?: boolean | undefined;
}

export abstract class InPlaceLayer extends PlainLayer<KeepsShape> {
  readonly inplace: boolean;

  constructor(options: InPlaceOptions = {}) {
    super(options);
    this.inplace = options.inplace ?? false;
  }

  /** Settings as PyTorch prints them: `inplace` only where it is true. */
  protected settings(text: string): string {
    return this.inplace ? `${text}${text === '' ? '' : ', '}inplace=True` : text;
  }

  override extraRepr(): string {
    return this.settings('');
  }
}
