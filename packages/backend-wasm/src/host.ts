/** What kernels take from JavaScript: double-precision functions, one number at a time. */

/** C's pow: unlike JavaScript's, 1 to any power and (-1)^±inf are 1. */
const pow = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

/** What every module imports, by name. */
export const hostFunctions = (memory: WebAssembly.Memory): Record<string, WebAssembly.ImportValue> => {
  const { sin, cos } = Math;
  return { m: memory, sin, cos, pow };
};
