/**
 * Sine and cosine of float64. Up to 2^20 the argument loses its quarter turns in three parts, of which the first two are so short that their multiples are exact (Cody & Waite 1980, ch. 8), and
 * keeps what rounding takes from it; larger ones, which are rare, go to the engine's own functions. Series as in `double.ts`.
 */
import {
  f64x2,
  I32,
  i32x4,
  i64x2,
  type Local,
  lanes,
  multiplyAdd64,
  pick,
  V128,
  v128,
  when,
} from '../../assembler/index.ts';
import { magic } from './double.ts';
import type { VectorCode } from './exponential.ts';
import { hostLanes } from './host-lanes.ts';
import { polynomial64 } from './polynomial.ts';

const largest = 2 ** 20;
/** π/2: 33 bits, the next 33, and what is left. */
const [first, second, third] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];

/** ±1/k! for k, k - 2 … down to `last`, the one of `last` negative. */
function series(k: number, last: number): number[] {
  const coefficients: number[] = [];
  for (let n = k; n >= last; n -= 2) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    coefficients.push(((n - last) % 4 === 0 ? -1 : 1) / product);
  }
  return coefficients;
}
const [sines, cosines] = [series(17, 3), series(16, 4).map((c) => -c)];

/** `turn` quarter turns are added: 0 for the sine, 1 for the cosine. */
const circular =
  (name: string, turn: 0 | 1): VectorCode =>
  (f, x) => {
    const { features } = f.module;
    const own = (value: number): Local => f.lanes('f64', value);
    const [shifted, n, a, part, b, rest, r, z, sine, cosine, y] = f.locals(V128, 11) as Local[] as [
      Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local,
    ]; // biome-ignore format: one list
    const far = f.local(I32);
    const isFar = f64x2.gt(f64x2.abs(x), own(largest));
    return [
      shifted.set(multiplyAdd64(features, x, own(2 / Math.PI), own(magic))),
      n.set(f64x2.sub(shifted, own(magic))),
      a.set(multiplyAdd64(features, n, own(-first), x)),
      part.set(f64x2.mul(n, own(second))),
      b.set(f64x2.sub(a, part)),
      // What rounding took from b (Knuth, *The Art of Computer Programming* 2, 4.2.2), and the third part.
      z.set(f64x2.sub(b, a)),
      rest.set(f64x2.sub(f64x2.sub(a, f64x2.sub(b, z)), f64x2.add(part, z))),
      rest.set(multiplyAdd64(features, n, own(-third), rest)),
      r.set(f64x2.add(b, rest)),
      rest.set(f64x2.add(f64x2.sub(b, r), rest)),
      turn === 0 ? [] : shifted.set(i64x2.add(shifted, f.lanes('i32', 1, 0, 1, 0))),
      z.set(f64x2.mul(r, r)),
      sine.set(multiplyAdd64(features, f64x2.mul(z, r), polynomial64(f, z, sines), rest)),
      sine.set(f64x2.add(r, sine)),
      // 1 - z/2, and what rounding takes from that.
      y.set(f64x2.mul(z, own(0.5))),
      a.set(f64x2.sub(own(1), y)),
      y.set(f64x2.sub(f64x2.sub(own(1), a), y)),
      cosine.set(f64x2.sub(f64x2.mul(f64x2.mul(z, z), polynomial64(f, z, cosines)), f64x2.mul(r, rest))),
      cosine.set(f64x2.add(a, f64x2.add(y, cosine))),
      // Odd quarters take the other function, the upper two the other sign.
      part.set(i32x4.shrS(i32x4.shl(shifted, 31), 31)),
      y.set(pick(features, v128.shuffle(part, part, lanes(0, 0, 2, 2)), cosine, sine)),
      y.set(v128.xor(y, i64x2.shl(i64x2.shrU(shifted, 1), 63))),
      // -0 stays.
      turn === 0 ? y.set(pick(features, f64x2.eq(x, own(0)), x, y)) : [],
      far.set(v128.anyTrue(isFar)),
      when(far, y.set(pick(features, isFar, hostLanes(f, name, 'f64', [[x]])[0]!, y))),
      y,
    ];
  };

export const sine64: VectorCode = circular('sin', 0);
export const cosine64: VectorCode = circular('cos', 1);
