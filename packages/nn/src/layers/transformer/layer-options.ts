/** What the layers of transformers share: their options, and the activation between the two dense layers. */
import { ValueError } from '@nn/backend';
import { gelu, relu, type Tensor } from '@nn/tensor';
import type { FactoryOptions } from '../linear.ts';

export interface TransformerLayerOptions extends FactoryOptions {
  /** Size between the two dense layers; 2048. */
  readonly dimFeedforward?: number | undefined;
  /** The probability of being dropped, everywhere; 0.1. */
  readonly dropout?: number | undefined;
  /** Between the two dense layers: 'relu', 'gelu' or a function; 'relu'. */
  readonly activation?: 'relu' | 'gelu' | ((x: Tensor) => Tensor) | undefined;
  /** Added to variances by the norms; 1e-5. */
  readonly layerNormEps?: number | undefined;
  /** Whether the batch comes first, (N, L, E), instead of (L, N, E); false. */
  readonly batchFirst?: boolean | undefined;
  /** Whether norms come before attention and dense layers instead of after; false. */
  readonly normFirst?: boolean | undefined;
  /** Whether dense layers and norms have a learnt bias; true. */
  readonly bias?: boolean | undefined;
}

/** Refuses the name of an activation that there isn't. */
export function checkActivation(op: string, activation: TransformerLayerOptions['activation'] = 'relu'): void {
  if (typeof activation !== 'function' && activation !== 'relu' && activation !== 'gelu')
    throw new ValueError(op, `activation is '${String(activation)}'; it must be 'relu', 'gelu' or a function`);
}

/** The function that an option names. */
export function activationOf(activation: TransformerLayerOptions['activation'] = 'relu'): (x: Tensor) => Tensor {
  if (typeof activation === 'function') return activation;
  return activation === 'gelu' ? (x) => gelu(x) as Tensor : (x) => relu(x) as Tensor;
}
