/**
 * Sine and cosine of float32. Up to 8192 the argument loses its quarter turns in three parts whose products are exact (Cody & Waite 1980, ch. 8); larger ones, which
 * are rare, go to the engine's own functions. Parts and polynomials are those of the Cephes library (S. L. Moshier, sinf, cosf).
 */
import { f32x4, I32, i32x4, type Local, multiplyAdd, pick, V128, v128, when } from '../../assembler/index.ts';
import type { FunctionCode } from '../../assembler/module.ts';
import { cosine64, sine64 } from './double-trigonometric.ts';
import { inline, type VectorCode } from './exponential.ts';
import { hostLanes } from './host-lanes.ts';
import { polynomial } from './polynomial.ts';

const largest = 8192;
/** Adding it to a small float leaves the nearest integer in the low bits. */
const magic = 12582912;
/** π/2 in parts of few bits. */
const quarterTurn = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8];

/** At most 1.5 ulp (1.6 without fused multiply-adds), near zeros far out an absolute 2^-23. `turn` quarter turns are added: 0 for the sine, 1 for the cosine. */
const circular =
  (name: string, turn: 0 | 1): VectorCode =>
  (f, x) => {
    const { features } = f.module;
    const [shifted, n, r, z, sine, cosine, y] = f.locals(V128, 7) as Local[];
    const far = f.local(I32);
    const size = f32x4.abs(x);
    return [
      shifted!.set(multiplyAdd(features, x, f.lanes('f32', 2 / Math.PI), f.lanes('f32', magic))),
      n!.set(f32x4.sub(shifted!, f.lanes('f32', magic))),
      r!.set(x),
      quarterTurn.map((part) => r!.set(multiplyAdd(features, n!, f.lanes('f32', -part), r!))),
      turn === 0 ? [] : shifted!.set(i32x4.add(shifted!, f.lanes('i32', 1))),
      z!.set(f32x4.mul(r!, r!)),
      sine!.set(polynomial(f, z!, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])),
      sine!.set(multiplyAdd(features, sine!, f32x4.mul(z!, r!), r!)),
      cosine!.set(polynomial(f, z!, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1])),
      // Odd quarters take the other function, the upper two the other sign.
      y!.set(pick(features, i32x4.shrS(i32x4.shl(shifted!, 31), 31), cosine!, sine!)),
      y!.set(v128.xor(y!, i32x4.shl(i32x4.shrU(shifted!, 1), 31))),
      far.set(v128.anyTrue(f32x4.gt(size, f.lanes('f32', largest)))),
      // -0 stays.
      turn === 0 ? y!.set(pick(features, f32x4.eq(x, f.lanes('f32', 0)), x, y!)) : [],
      when(
        far,
        y!.set(pick(features, f32x4.gt(size, f.lanes('f32', largest)), hostLanes(f, name, 'f32', [[x]])[0]!, y!)),
      ),
      y!,
    ];
  };

export const sine: FunctionCode = inline(circular('sin', 0), sine64);
export const cosine: FunctionCode = inline(circular('cos', 1), cosine64);
