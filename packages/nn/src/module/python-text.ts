/** Numbers and lists as Python prints them, for the printed form of modules. */

/** A float: `1.0`, `0.3`, `1e-05`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16))
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** A number as it would have been typed: `20`, `0.1`. */
export const pythonNumber = (value: number): string => (Number.isInteger(value) ? String(value) : pythonFloat(value));

export const pythonBool = (value: boolean): string => (value ? 'True' : 'False');

/** `(2, 5)`, `(2,)`. */
export const pythonTuple = (values: readonly number[]): string =>
  `(${values.join(', ')}${values.length === 1 ? ',' : ''})`;
