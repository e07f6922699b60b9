/** Grad mode: whether ops record provenance. Synchronous only: state that lived across an `await` would leak into other tasks. */
import { state, withTracking } from '@nn/tensor/internal';

/** A result that isn't a promise; otherwise the type is a sentence. */
type Synchronous<R> =
  R extends PromiseLike<unknown>
    ? 'noGrad: the function must be synchronous; call noGrad around the parts between awaits'
    : R;

/**
 * Runs a function without recording gradients; PyTorch: `with torch.no_grad():`. Only synchronous functions: a promise is a compile error.
 * @example
 * ```ts
 * import { noGrad } from '@nn/autograd';
 * import { ones } from '@nn/tensor';
 * const w = ones([2], { requiresGrad: true });
 * console.log(noGrad(() => w.mul(2)).requiresGrad); // prints: false
 * ```
 */
export const noGrad = <R>(body: () => Synchronous<R> & R): R => withTracking<R>(false, body);

/** Records gradients inside of a `noGrad`; PyTorch: `with torch.enable_grad():`. */
export const enableGrad = <R>(body: () => Synchronous<R> & R): R => withTracking<R>(true, body);

/** Whether ops record gradients now; PyTorch: `torch.is_grad_enabled()`. */
export const isGradEnabled = (): boolean => state.tracking;
