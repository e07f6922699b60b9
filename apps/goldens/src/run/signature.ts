/**
 * One line says how a PyTorch call becomes a call of our library: our name, the parameters by PyTorch's names in
 * PyTorch's order, positional ones first, the rest in braces because they are fields of the options object.
 *
 *   sum(input, { dim, keepdim, dtype })          torch.sum(input, dim=None, keepdim=False, dtype=None)
 *   add(input, other:scalar, { alpha })          a scalar operand: 2.0 must not become 2 beside an integer tensor
 *   diagonal(input, { dim1>firstDim })           our option has another name than PyTorch's in camelCase
 *   narrow(input, dim, start=0, length)          a value for what the case leaves out
 *   permute(dims:sizes)                          Python allows permute(1, 0) for permute((1, 0))
 *   std(input, { unbiased:flag })                an overload for a boolean in the first place
 *
 * A path (`linalg.norm`) names a member of an exported object. This file only reads the line.
 */

export interface Parameter {
  /** PyTorch's name. */
  readonly name: string;
  /**
   * `scalar`: an operand, a Python float must reach the library as a float even when its value is whole;
   * `sizes`: a list that Python also takes as separate arguments; `flag`: a boolean that Python takes first.
   */
  readonly kind: 'plain' | 'scalar' | 'sizes' | 'flag';
  /** The field of our options object; undefined for a positional parameter. */
  readonly option: string | undefined;
  /** The value when the case gives none; undefined for none. */
  readonly fallback: unknown;
}

export interface Signature {
  /** Our exported name, a path with dots when it is a member. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

const SIGNATURE = /^([\w.]+)\(([^{]*)(?:\{([^}]*)\})?\s*\)$/;
const PARAMETER = /^(\w+)(?::(scalar|sizes|flag))?(?:>(\w+))?(?:=(.+))?$/;

export function parseSignature(text: string): Signature {
  const match = SIGNATURE.exec(text.trim());
  if (!match) throw new Error(`not a signature: ${text}`);
  const [, name = '', positional = '', options = ''] = match;
  return {
    name,
    parameters: [
      ...splitList(positional).map((item) => parseParameter(item, false)),
      ...splitList(options).map((item) => parseParameter(item, true)),
    ],
  };
}

function splitList(text: string): string[] {
  return text
    .split(/,(?![^[]*\])/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseParameter(text: string, isOption: boolean): Parameter {
  const match = PARAMETER.exec(text);
  if (!match) throw new Error(`not a parameter: ${text}`);
  const [, name = '', kind, rename, fallback] = match;
  return {
    name,
    kind: (kind ?? 'plain') as Parameter['kind'],
    option: isOption ? (rename ?? toCamelCase(name)) : undefined,
    fallback: fallback === undefined ? undefined : JSON.parse(fallback),
  };
}

/** `log_softmax` → `logSoftmax`, `add_` → `add_`, `T_max` → `tMax`. */
export function toCamelCase(name: string): string {
  return name
    .replace(/^[A-Z](?=_)/, (letter) => letter.toLowerCase())
    .replace(/(?<=[^_])_([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
