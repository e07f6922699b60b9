/**
 * Mathematical functions beyond exp and log, as a part: core rows (`rem` for floats alone), and in float32 derived rows, which keep the bounds that follow from their
 * meaning (float64 is lowered to that). Known by name: a program that doesn't use a row may carry its code, but not the row.
 */
import type { Code, FunctionBuilder, FunctionCode, Local } from '../../assembler/index.ts';
import type { MathPart } from '../../part.ts';
import type { nativeRows } from '../emit.ts';
import { exponentialMinusOne, powerOfTwo } from './exponential.ts';
import { logarithmOfOnePlus } from './logarithm.ts';
import { power } from './power.ts';
import { remainder } from './remainder.ts';
import {
  errorFunction,
  errorFunctionComplement,
  gaussianUnit,
  hyperbolicTangent,
  normalBell,
  normalDistribution,
} from './sigmoidal.ts';
import { cosine, sine } from './trigonometric.ts';

/** Core rows that are here. */
export type MathName = 'sin' | 'cos' | 'pow';

/** A function of float32, of an argument that is in a variable; `known` is a second one, which `shared` in `peephole.ts` gives some. */
const float32 =
  (code: (f: FunctionBuilder, x: Local, known?: Code) => Code): FunctionCode =>
  (f, _, [x, known]) => [code(f, x![0] as Local, known?.[0])];

const tanh: FunctionCode = float32(hyperbolicTangent);
const erf: FunctionCode = float32(errorFunction);
const erfc: FunctionCode = float32(errorFunctionComplement);
const ndtr: FunctionCode = float32(normalDistribution);
const gelu: FunctionCode = float32(gaussianUnit);
const exp2: FunctionCode = float32(powerOfTwo);
const expm1: FunctionCode = float32(exponentialMinusOne);
const log1p: FunctionCode = float32(logarithmOfOnePlus);
/** No row of the language: exp(-x²/2) beside ndtr(x). */
const bell: FunctionCode = float32(normalBell);

const functions: { readonly [N in MathName | 'rem' | (typeof nativeRows)[number] | 'bell']: FunctionCode } = {
  sin: sine,
  cos: cosine,
  pow: power,
  rem: remainder,
  tanh,
  erf,
  erfc,
  ndtr,
  gelu,
  exp2,
  expm1,
  log1p,
  bell,
};

/** Powers, sines and cosines, exp2, tanh, erf and erfc, the normal law's distribution function and gelu, expm1 and log1p, remainders of floats. */
export const math: MathPart = { name: 'math', content: functions };
