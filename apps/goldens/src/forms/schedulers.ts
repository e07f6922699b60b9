/**
 * Learning rate schedules: the rate right after construction, then after each scheduler step (an optimiser step before
 * each). Two rates: two parameter groups. Some schedules move the momentum too.
 */

import { zeros } from '@nn/tensor';
import { type Comparison, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type Json, type JsonRecord } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { readNumber } from '../format/tensor-values.ts';
import { compareValue } from '../run/compare-value.ts';
import { callMethod, construct } from '../run/library.ts';
import { toOptions } from '../run/options.ts';
import { type Form, UntranslatedError } from './form.ts';

const PREFIX = 'torch.optim.lr_scheduler.';

type Options = Readonly<Record<string, unknown>>;
type Group = { readonly lr: number; readonly momentum?: number; readonly betas?: readonly number[] };

/** Functions of the epoch that cases write as formulas; a number and its powers are read. */
const LAMBDAS: ReadonlyMap<string, (epoch: number) => number> = new Map<string, (epoch: number) => number>([
  ['1/(1+epoch)', (epoch) => 1 / (1 + epoch)],
]);
const POWER = /^([\d.]+)(\^epoch)?$/;

/** What each schedule takes by position after the optimiser; the rest are options. */
const REQUIRED: ReadonlyMap<string, readonly string[]> = new Map([
  ['StepLR', ['step_size']],
  ['MultiStepLR', ['milestones']],
  ['ExponentialLR', ['gamma']],
  ['CosineAnnealingLR', ['T_max']],
  ['CosineAnnealingWarmRestarts', ['T_0']],
  ['OneCycleLR', ['max_lr']],
  ['LambdaLR', ['lr_lambda']],
  ['MultiplicativeLR', ['lr_lambda']],
  ['LinearLR', []],
  ['ConstantLR', []],
  ['PolynomialLR', []],
  ['CyclicLR', ['base_lr', 'max_lr']],
  ['ReduceLROnPlateau', []],
]);

export const schedulerForm: Form = {
  matches: ({ op }) => op.startsWith(PREFIX),

  async run(golden) {
    const [given, expected] = [golden.fields['given'], golden.fields['expected']];
    if (!isRecord(given) || !isRecord(expected)) throw new TypeError('a schedule needs "given" and "expected"');
    const optimizer = constructOptimizer(given);
    const scheduler = constructScheduler(golden, optimizer);
    const steps = (expected['lr'] as readonly Json[]).length;
    const metrics = given['metrics'] as readonly Json[] | undefined;
    const trace = [readGroups(optimizer)];
    for (let step = 1; step < steps; step += 1) {
      await callMethod(optimizer, 'step', []);
      callMethod(scheduler, 'step', metrics ? [readNumber(metrics[step - 1])] : []);
      trace.push(readGroups(optimizer));
    }
    return compareTrace(trace, expected, golden);
  },
};

function constructOptimizer(given: JsonRecord): unknown {
  const { lr, ...options } = given['optimizer_args'] as { lr: number | readonly number[] };
  const rates = [lr].flat();
  const groups = rates.map((rate) => ({ params: [zeros([1], { requiresGrad: true })], lr: rate }));
  return construct(given['optimizer'] as string, [groups, { lr: rates[0], ...toOptions(options) }]);
}

function constructScheduler(golden: GoldenCase, optimizer: unknown): unknown {
  const name = golden.op.slice(PREFIX.length);
  const { schedulers, ...options } = toPlain(golden.attrs) as Options;
  if (schedulers === undefined) return makeScheduler(name, optimizer, options);
  const parts = (schedulers as readonly (readonly [string, Options])[]).map(([part, partOptions]) =>
    makeScheduler(part, optimizer, partOptions),
  );
  return name === 'ChainedScheduler'
    ? construct(name, [parts])
    : construct(name, [optimizer, parts, options['milestones']]);
}

function makeScheduler(name: string, optimizer: unknown, given: Options): unknown {
  const { lr_lambda: formula, ...rest } = given;
  const values: Options = formula === undefined ? rest : { ...rest, lr_lambda: translateLambda(formula as string) };
  const required = REQUIRED.get(name) ?? [];
  const options = Object.entries(values).filter(([option]) => !required.includes(option));
  const last = options.length > 0 ? [toOptions(Object.fromEntries(options))] : [];
  return construct(name, [optimizer, ...required.map((option) => values[option]), ...last]);
}

function translateLambda(formula: string): (epoch: number) => number {
  const [power, factor, exponent] = POWER.exec(formula) ?? [];
  if (power !== undefined) return (epoch) => Number(factor) ** (exponent === undefined ? 1 : epoch);
  const lambda = LAMBDAS.get(formula);
  if (!lambda) throw new UntranslatedError(`no translation of the formula ${formula}`);
  return lambda;
}

function readGroups(optimizer: unknown): Group[] {
  const { paramGroups } = optimizer as { readonly paramGroups: readonly Group[] };
  return paramGroups.map((group) => ({ ...group }));
}

async function compareTrace(
  trace: readonly (readonly Group[])[],
  expected: JsonRecord,
  golden: GoldenCase,
): Promise<Comparison> {
  const single = trace[0]?.length === 1;
  const collect = (read: (group: Group) => number | undefined): unknown[] =>
    trace.map((groups) => (single ? read(groups[0] as Group) : groups.map(read)));
  const parts: [string, Comparison][] = [
    [
      'lr',
      await compareValue(
        collect(({ lr }) => lr),
        expected['lr'],
        golden.tolerance,
      ),
    ],
  ];
  if (expected['momentum'] !== undefined) {
    const momenta = collect(({ momentum, betas }) => momentum ?? betas?.[0]);
    parts.push(['momentum', await compareValue(momenta, expected['momentum'], golden.tolerance)]);
  }
  return joinComparisons(parts);
}
