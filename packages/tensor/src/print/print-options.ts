/**
 * How tensors are printed: PyTorch's `torch.set_printoptions`, its defaults and its profiles.
 * One immutable value, replaced as a whole, so that a printing in progress can't see half a change. Knows nothing of tensors.
 */
import { ValueError } from '@nn/backend';
import { checkNamed } from '../core/named.ts';

/** The settings that a printed tensor follows. */
export interface PrintOptions {
  /** Digits after the point of floating point numbers, 0 to 1074. Default 4. */
  readonly precision: number;
  /** A tensor of more elements than this is summarised with `...`; `Infinity` never summarises. Default 1000. */
  readonly threshold: number;
  /** Items kept at either end of each dimension of a summary. Default 3. */
  readonly edgeItems: number;
  /** Characters a line before it is broken; `Infinity` never breaks. Default 80. */
  readonly lineWidth: number;
  /** Scientific notation always (`true`), never (`false`), or by the magnitudes printed (`null`). Default `null`. */
  readonly sciMode: boolean | null;
}

/** A named set of options: `short` prints 2 decimals and 2 edge items, `full` never summarises. */
export type PrintProfile = 'default' | 'short' | 'full';

/** What {@link setPrintOptions} takes: a profile first, then options that override it. `null` means not given, as in PyTorch. */
export type PrintOptionChanges = { readonly [K in keyof PrintOptions]?: PrintOptions[K] | null | undefined } & {
  readonly profile?: PrintProfile | null | undefined;
};

type Measures = Omit<PrintOptions, 'sciMode'>;

const profiles: Readonly<Record<PrintProfile, Measures>> = {
  default: { precision: 4, threshold: 1000, edgeItems: 3, lineWidth: 80 },
  short: { precision: 2, threshold: 1000, edgeItems: 2, lineWidth: 80 },
  full: { precision: 4, threshold: Number.POSITIVE_INFINITY, edgeItems: 3, lineWidth: 80 },
};

/** What an option may be: the test and its words. */
interface Rule {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
}

const rules: Readonly<Record<keyof PrintOptionChanges, Rule>> = {
  profile: {
    accepts: (value) => typeof value === 'string' && Object.hasOwn(profiles, value),
    expected: "'default', 'short' or 'full'",
  },
  precision: {
    // 2^-1074 is the smallest double: none has more decimals.
    accepts: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1074,
    expected: 'an integer from 0 to 1074',
  },
  threshold: {
    accepts: (value) => typeof value === 'number' && value >= 0,
    expected: 'a number of elements, 0 or more (Infinity: never summarise)',
  },
  edgeItems: {
    accepts: (value) => Number.isInteger(value) && (value as number) >= 0,
    expected: 'an integer, 0 or more',
  },
  lineWidth: {
    accepts: (value) => (Number.isInteger(value) && (value as number) >= 1) || value === Number.POSITIVE_INFINITY,
    expected: 'an integer, 1 or more (Infinity: never break a line)',
  },
  sciMode: { accepts: (value) => typeof value === 'boolean', expected: 'true, false or null (by magnitude)' },
};

let current: PrintOptions = Object.freeze({ ...profiles.default, sciMode: null });

/**
 * Sets how tensors print from now on. PyTorch: `torch.set_printoptions`.
 *
 * A `profile` is applied first, the options beside it override it, what isn't given stays as it was. As in PyTorch `sciMode` is
 * the exception: a call without it goes back to choosing the notation by magnitude.
 *
 * @throws ValueError for an unknown option or a value that makes no sense; nothing is changed then.
 * @example
 * ```ts
 * import { getPrintOptions, setPrintOptions } from '@nn/tensor';
 *
 * setPrintOptions({ profile: 'short', lineWidth: 120 });
 * console.log(getPrintOptions().precision); // 2
 * setPrintOptions({ profile: 'default' });
 * console.log(getPrintOptions().precision); // 4
 * ```
 */
export function setPrintOptions(changes: PrintOptionChanges): void {
  for (const [option, value] of Object.entries(checkNamed('setPrintOptions', changes))) {
    if (!Object.hasOwn(rules, option)) {
      const known = Object.keys(rules).join(', ');
      throw new ValueError('setPrintOptions', `there is no option '${option}'; the options are ${known}`);
    }
    const rule = rules[option as keyof PrintOptionChanges];
    if (value !== null && value !== undefined && !rule.accepts(value)) {
      const got = typeof value === 'string' ? `'${value}'` : String(value);
      throw new ValueError('setPrintOptions', `${option} is ${got}; it must be ${rule.expected}`);
    }
  }
  const base: Measures = changes.profile ? profiles[changes.profile] : current;
  current = Object.freeze({
    precision: changes.precision ?? base.precision,
    threshold: changes.threshold ?? base.threshold,
    edgeItems: changes.edgeItems ?? base.edgeItems,
    lineWidth: changes.lineWidth ?? base.lineWidth,
    sciMode: changes.sciMode ?? null,
  });
}

/**
 * The options that tensors print with now, as a frozen snapshot. PyTorch keeps them in `torch._tensor_str.PRINT_OPTS`.
 *
 * @example
 * ```ts
 * import { getPrintOptions } from '@nn/tensor';
 *
 * const { precision, threshold, edgeItems, lineWidth, sciMode } = getPrintOptions();
 * console.log(precision, threshold, edgeItems, lineWidth, sciMode); // 4 1000 3 80 null
 * ```
 */
export function getPrintOptions(): PrintOptions {
  return current;
}
