import { ValueError } from '@nn/backend';
import { afterEach, describe, expect, test } from 'vitest';
import { formatTensor } from './format-tensor.ts';
import { getPrintOptions, type PrintOptionChanges, setPrintOptions } from './print-options.ts';

const defaults = { precision: 4, threshold: 1000, edgeItems: 3, lineWidth: 80, sciMode: null };

afterEach(() => setPrintOptions({ profile: 'default' }));

describe('setPrintOptions', () => {
  test("starts from PyTorch's defaults", () => {
    expect(getPrintOptions()).toEqual(defaults);
  });

  const steps: readonly { given: readonly PrintOptionChanges[]; changed: object }[] = [
    { given: [{ precision: 2 }, { edgeItems: 1 }], changed: { precision: 2, edgeItems: 1 } },
    { given: [{ profile: 'short' }], changed: { precision: 2, edgeItems: 2 } },
    { given: [{ profile: 'full' }], changed: { threshold: Number.POSITIVE_INFINITY } },
    {
      given: [{ profile: 'short', precision: 7, lineWidth: 40 }],
      changed: { precision: 7, edgeItems: 2, lineWidth: 40 },
    },
    { given: [{ threshold: 10, lineWidth: 120 }, { profile: 'default' }], changed: {} },
    { given: [{ sciMode: false }], changed: { sciMode: false } },
    { given: [{ sciMode: true }, { precision: 6 }], changed: { precision: 6 } },
    { given: [{ sciMode: true }, { sciMode: null }], changed: {} },
    { given: [{ precision: 0, threshold: 0, edgeItems: 0 }], changed: { precision: 0, threshold: 0, edgeItems: 0 } },
    { given: [{ precision: 2 }, { precision: null, profile: undefined }], changed: { precision: 2 } },
    { given: [{ lineWidth: Number.POSITIVE_INFINITY }], changed: { lineWidth: Number.POSITIVE_INFINITY } },
  ];
  test.each(steps.map((step) => [JSON.stringify(step.given), step] as const))('%s', (_, { given, changed }) => {
    for (const changes of given) setPrintOptions(changes);
    expect(getPrintOptions()).toEqual({ ...defaults, ...changed });
  });

  test('is what tensors print by', () => {
    const tensor = { data: [1.25, -3.75], shape: [2], dtype: 'float32' } as const;
    setPrintOptions({ precision: 1, sciMode: true });
    expect(formatTensor(tensor)).toBe('tensor([1.2e+00, -3.8e+00])');
    setPrintOptions({ profile: 'default' });
    expect(formatTensor(tensor)).toBe('tensor([ 1.2500, -3.7500])');
  });

  test.each([
    [{ precision: -1 }, '[setPrintOptions] precision is -1; it must be an integer from 0 to 1074'],
    [{ precision: 2.5 }, 'precision is 2.5'],
    [{ precision: 1075 }, 'precision is 1075'],
    [{ precision: '4' }, "precision is '4'"],
    [{ threshold: -1 }, 'threshold is -1; it must be a number of elements, 0 or more'],
    [{ threshold: Number.NaN }, 'threshold is NaN'],
    [{ edgeItems: -3 }, 'edgeItems is -3; it must be an integer, 0 or more'],
    [{ edgeItems: Number.POSITIVE_INFINITY }, 'edgeItems is Infinity'],
    [{ lineWidth: 0 }, 'lineWidth is 0; it must be an integer, 1 or more'],
    [{ lineWidth: 79.5 }, 'lineWidth is 79.5'],
    [{ sciMode: 1 }, 'sciMode is 1; it must be true, false or null'],
    [{ profile: 'long' }, "profile is 'long'; it must be 'default', 'short' or 'full'"],
    [{ profile: 'toString' }, "profile is 'toString'"],
    [{ sci_mode: true }, "there is no option 'sci_mode'; the options are profile, precision, threshold, edgeItems"],
  ])('refuses %o and changes nothing', (changes, message) => {
    const attempt = () => setPrintOptions({ edgeItems: 7, ...changes } as PrintOptionChanges);
    expect(attempt).toThrow(ValueError);
    expect(attempt).toThrow(message);
    expect(getPrintOptions()).toEqual(defaults);
  });

  test('hands out snapshots that later calls do not change', () => {
    const before = getPrintOptions();
    setPrintOptions({ precision: 9 });
    expect(before.precision).toBe(4);
    expect(Object.isFrozen(getPrintOptions())).toBe(true);
  });
});
