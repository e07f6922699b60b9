/** Other names of PyTorch for an op that has a row: by what they stand for, as functions, methods and methods in place. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['cos', 'sin', 'tan', 'cosh', 'sinh', 'tanh'].map((name) => [`a${name}`, [`arc${name}`]])),
  ...{ abs: ['absolute', '__abs__'], neg: ['negative', '__neg__'], trunc: ['fix'], sign: ['sgn'], atan2: ['arctan2'] },
  ...{ add: ['__add__', '__radd__'], sub: ['subtract', '__sub__'], mul: ['multiply', '__mul__', '__rmul__'] },
  ...{ div: ['divide', 'true_divide', '__truediv__'], floor_divide: ['__floordiv__'], remainder: ['__mod__'] },
  ...{ pow: ['__pow__'], matmul: ['linalg.matmul', '__matmul__'], outer: ['ger'], dot: ['vdot'] },
  ...{ eq: ['__eq__'], ne: ['not_equal', '__ne__'], lt: ['less', '__lt__'], le: ['less_equal', '__le__'] },
  ...{ gt: ['greater', '__gt__'], ge: ['greater_equal', '__ge__'] },
  ...{ bitwise_and: ['__and__'], bitwise_or: ['__or__'], bitwise_xor: ['__xor__'], bitwise_not: ['__invert__'] },
  ...{ rsub: ['__rsub__'], add_: ['__iadd__'], sub_: ['__isub__'], mul_: ['__imul__'], div_: ['__itruediv__'] },
  ...{ bitwise_and_: ['__iand__'], bitwise_or_: ['__ior__'], bitwise_xor_: ['__ixor__'] },
  ...{ bitwise_left_shift: ['__lshift__'], bitwise_right_shift: ['__rshift__'] },
  ...{ sigmoid: ['special.expit'], digamma: ['special.psi'], lgamma: ['special.gammaln'], clamp: ['clip'] },
  ...{ cat: ['concatenate'], vstack: ['row_stack'], movedim: ['moveaxis'], split: ['split_with_sizes'] },
  ...{ inverse: ['linalg.inv'], det: ['linalg.det'], slogdet: ['linalg.slogdet'], cholesky: ['linalg.cholesky'] },
  ...{ matrix_power: ['linalg.matrix_power'], tensor: ['as_tensor', 'asarray'] },
  ...{ 'nn.functional.interpolate': ['nn.functional.upsample'], 'nn.functional.pad': ['constant_pad_nd'] },
};

const CANONICAL: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([name, others]) => others.map((other) => [other, name])),
);

/** The name that the tables have for `absolute` (`abs`), `special.expit` (`sigmoid`), `multiply_` (`mul_`). */
export function canonicalName(name: string): string {
  const own = CANONICAL.get(name);
  if (own !== undefined) return own;
  const inPlace = /^(\w+[^_])_$/.exec(name)?.[1];
  return inPlace === undefined ? name : `${CANONICAL.get(inPlace) ?? inPlace}_`;
}

/** Where a name may have its row: as it is, then the places in which PyTorch repeats functions. */
export function placesOf(name: string): string[] {
  const plain = name.replace(/^(?:special|nn\.functional)\./, '');
  return [name, canonicalName(name), plain, `nn.functional.${plain}`];
}
