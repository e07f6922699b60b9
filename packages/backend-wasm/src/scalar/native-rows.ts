/**
 * Derived rows for which this backend has code of its own in float32, because their meaning in core rows is many times longer. They keep the bounds that
 * follow from the meaning, which float64 is lowered to. Known by name: a program that doesn't use a row carries its code here, but not the row.
 */
import type { Code, Local } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { exponentialMinusOne } from './math/exponential.ts';
import { logarithmOfOnePlus } from './math/logarithm.ts';
import {
  errorFunction,
  errorFunctionComplement,
  hyperbolicTangent,
  normalBell,
  normalDistribution,
} from './math/sigmoidal.ts';

/** Code for a row of the argument in a variable; `known` is a second argument, which `shared` in `peephole.ts` gives some. */
type NativeCode = (f: FunctionBuilder, x: Local, known?: Code) => Code;

export const nativeRows: { readonly [name: string]: NativeCode | undefined } = {
  tanh: hyperbolicTangent,
  erf: errorFunction,
  erfc: errorFunctionComplement,
  ndtr: normalDistribution,
  expm1: exponentialMinusOne,
  log1p: logarithmOfOnePlus,
  // No row of the language: exp(-x²/2) beside ndtr(x).
  bell: normalBell,
};
