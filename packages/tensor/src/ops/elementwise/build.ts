/**
 * Makes public elementwise functions. An op is one line: its meaning, gradient and kernels follow from a row of the scalar language, and every number a
 * user passes is a run-time scalar of the launch. Nothing here is looked up by a string or made anew when a function is called.
 *
 * The makers return a plain function under the type that is expected of them: `export const exp: FloatFunction = unary('exp', 'float')`.
 */
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { type Numeric, numberOf } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import { Forms, type Formula, type Mode, type Name, nameOf, type Takes } from './forms.ts';
import { isTensor, isWide, kindOf, wrongOperands } from './operand.ts';

export { element, type Formula, type Mode, type Name, single, type Takes } from './forms.ts';

type Unary = (x: Tensor) => Tensor;
type Parametric = (x: Tensor, parameters: readonly number[]) => Tensor;
type Operand = Tensor | Numeric;
type Binary = (x: Operand, y: Operand) => Tensor;
type BinaryInPlace = (x: Tensor, y: Operand) => Tensor;
type BinaryParametric = (x: Operand, y: Operand, parameters: readonly number[]) => Tensor;
type Ternary = (x: Operand, y: Operand, z: Operand, parameters?: readonly number[]) => Tensor;

/** A function of one tensor. */
export function unary<F = Unary>(name: Name, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const op = new Forms(nameOf(name), 1, { mode, formula, takes }).get(0);
  const call: Unary = (x) => dispatch(op, x);
  return call as F;
}

/** Its in-place form, `name_`. */
export function unaryInPlace<F = Unary>(name: Name, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const op = new Forms(`${nameOf(name)}_`, 1, { mode, formula, takes, inPlace: true }).get(0);
  const call: Unary = (x) => dispatchInto(op, [x]);
  return call as F;
}

/** A function of one tensor and numbers that only the formula reads (slopes, bounds): they take no part in promotion. */
export function parametric(
  name: Name,
  parameters: number,
  mode: Mode = 'promote',
  formula: Formula = name,
  takes?: Takes,
): Parametric {
  const op = new Forms(nameOf(name), 1, { mode, formula, takes, parameters }).get(0);
  return (x, values) => dispatch(op, x, null, null, values);
}

/** Its in-place form, `name_`. */
export function parametricInPlace(
  name: Name,
  parameters: number,
  mode: Mode = 'promote',
  formula: Formula = name,
  takes?: Takes,
): Parametric {
  const op = new Forms(`${nameOf(name)}_`, 1, { mode, formula, takes, parameters, inPlace: true }).get(0);
  return (x, values) => dispatchInto(op, [x], values);
}

/** A function of two operands that broadcast, each a tensor or a number (not both numbers). */
export function binary<F = Binary>(name: Name, mode: Mode = 'promote', formula: Formula = name, takes?: Takes): F {
  const forms = new Forms(nameOf(name), 2, { mode, formula, takes });
  const both = forms.get(0);
  const call: Binary = (x, y) => {
    if (!isTensor(x)) {
      if (!isTensor(y)) throw wrongOperands(forms.name, [x, y]);
      const kind = kindOf(forms.name, x);
      return dispatch(forms.get(kind), y, null, null, [forms.number(kind, x, y)]);
    }
    if (isTensor(y)) return dispatch(both, x, y);
    const kind = kindOf(forms.name, y);
    return dispatch(forms.get(kind << 2), x, null, null, [forms.number(kind, y, x)]);
  };
  return call as F;
}

/** `x op= y`, named `name_`: x keeps its dtype and shape. */
export function binaryInPlace<F = BinaryInPlace>(
  name: Name,
  mode: Mode = 'promote',
  formula: Formula = name,
  takes?: Takes,
): F {
  const own = `${nameOf(name)}_`;
  const forms = new Forms(own, 2, { mode, formula, takes, inPlace: true });
  const both = forms.get(0);
  const call: BinaryInPlace = (x, y) => {
    if (isTensor(y)) return dispatchInto(both, [x, y]);
    const kind = kindOf(own, y);
    return dispatchInto(forms.get(kind << 2), [x], [forms.number(kind, y, x)]);
  };
  return call as F;
}

/** A function of two operands and numbers that only the formula reads. */
export function binaryParametric(
  name: Name,
  parameters: number,
  mode: Mode,
  formula: Formula,
  takes?: Takes,
): BinaryParametric {
  const forms = new Forms(nameOf(name), 2, { mode, formula, takes, parameters });
  return (x, y, values) => launch(forms, [x, y], values, false);
}

/** Its in-place form, `name_`. */
export function binaryParametricInPlace(
  name: Name,
  parameters: number,
  mode: Mode,
  formula: Formula,
  takes?: Takes,
): BinaryParametric {
  const forms = new Forms(`${nameOf(name)}_`, 2, { mode, formula, takes, parameters, inPlace: true });
  return (x, y, values) => launch(forms, [x, y], values, true);
}

/** A function of three operands that broadcast, tensors or numbers, and of numbers that only the formula reads. */
export function ternary(
  name: Name,
  formula: Formula,
  what: { takes?: Takes; parameters?: number; condition?: boolean } = {},
): Ternary {
  const forms = new Forms(nameOf(name), 3, { mode: 'promote', formula, ...what });
  return (x, y, z, values) => launch(forms, [x, y, z], values ?? none, false);
}

/** Its in-place form, `name_`. */
export function ternaryInPlace(
  name: Name,
  formula: Formula,
  what: { takes?: Takes; parameters?: number } = {},
): Ternary {
  const forms = new Forms(`${nameOf(name)}_`, 3, { mode: 'promote', formula, inPlace: true, ...what });
  return (x, y, z, values) => launch(forms, [x, y, z], values ?? none, true);
}

const none: readonly number[] = [];

/** Sorts operands into inputs and scalars and runs the form that they need. */
function launch(forms: Forms, operands: readonly Operand[], parameters: readonly number[], inPlace: boolean): Tensor {
  const tensors: Tensor[] = [];
  const scalars: number[] = [];
  let code = 0;
  let wide = 0;
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i]!;
    if (isTensor(x)) {
      tensors.push(x);
      continue;
    }
    const kind = kindOf(forms.name, x);
    const value = numberOf(x);
    code += kind << (2 * i);
    scalars.push(value);
    if (isWide(kind, value)) wide = value;
  }
  if (tensors.length === 0) throw wrongOperands(forms.name, operands);
  if (wide !== 0) forms.checkWide(wide, tensors, operands);
  for (let k = 0; k < parameters.length; k++) scalars.push(parameters[k]!);
  const op = forms.get(code);
  return inPlace
    ? dispatchInto(op, tensors, scalars)
    : dispatch(op, tensors[0]!, tensors[1] ?? null, tensors[2] ?? null, scalars);
}
