/** Random floats that a device draws itself, where it is worth it. */
import { type Backend, castTo, type DType, type LawName } from '@nn/backend';
import { dispatchInto } from '../../core/in-place.ts';
import { Op } from '../../core/op.ts';
import type { Generator } from '../../random/generator.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import { single } from '../elementwise/build.ts';

/** Elements from which on a launch is worth it, and that a law must have made for its code to be worth making. */
const [enough, many] = [1024, 2 ** 18];

const wanted = new Map<LawName, number>();
const ops = new Map<string, Op<'map'>>();

/** Whether these elements, which are counted, are for the device to draw. */
export function suits(law: LawName, dtype: DType, count: number, { laws }: Backend, generator: Generator): boolean {
  const sum = (wanted.get(law) ?? 0) + count;
  wanted.set(law, sum);
  return count >= enough && sum >= many && generator.laws === undefined && !!laws?.[law]?.(dtype);
}

/** Overwrites x. */
export function drawInto(
  op: string,
  law: LawName,
  x: Tensor,
  { key0, key1, counter }: Draw,
  parameters: readonly number[],
): Tensor {
  const key = `${law} ${op}`;
  let own = ops.get(key);
  if (own === undefined) {
    own = new Op('map', op, {
      inPlace: true,
      build: ([target]) => {
        const { dtype, device } = target!;
        return single(dtype, castTo(device.backend.laws![law]!(dtype)!, dtype), 3 + parameters.length);
      },
    });
    ops.set(key, own);
  }
  return dispatchInto(own, [x], [key0, key1, counter, ...parameters]);
}
