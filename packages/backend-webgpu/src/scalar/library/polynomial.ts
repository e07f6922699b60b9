/** Polynomials by Horner's rule, as nested calls of `fma`: their order stays what it is, whether or not the device fuses. */

/** Coefficients from the highest power down. */
export const polynomial = (x: string, [first, ...rest]: readonly number[]): string =>
  rest.reduce((sum, coefficient) => `fma(${sum}, ${x}, ${coefficient}f)`, `${first}f`);
