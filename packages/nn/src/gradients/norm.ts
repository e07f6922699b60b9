/** The length of all gradients together, and keeping it below a bound. Nothing is read back: the bound is applied on the device. */
import { add, constant, dtypes, div as quotient, type Expression, input, isFloat, min, mul, scalar, same, ShapeError, ValueError } from '@nn/backend';
