/** Ops that take several steps, on float16: in float32 from step to step, so that only what they give is rounded. */
import type { Tensor } from '../../tensor.ts';
import { toDType } from './convert.ts';
import { finish } from './views.ts';

/** The steps on x, or on a float16 x in float32 and back. */
export function widened(x: Tensor, steps: (x: Tensor) => Tensor): Tensor {
  if (x.dtype !== 'float16') return steps(x);
  const wide = toDType(x, 'float32');
  const found = steps(wide);
  return finish(toDType(found, 'float16'), x, wide, found);
}
