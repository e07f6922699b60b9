/**
 * Dropout while training: what must hold of a random result, not its values. The values kept are scaled, as many are
 * kept as should be, and the gradient of the input is the very mask.
 */

import { grad } from '@nn/autograd';
import { manualSeed, ones, sum, type Tensor } from '@nn/tensor';
import { AGREED, type Comparison, comparePlain, fail, joinComparisons } from '../compare/tensors.ts';
import { agrees } from '../compare/tolerance.ts';
import { type GoldenCase, isRecord, type JsonRecord } from '../format/document.ts';
import { opTable } from '../ops/table.ts';
import { callOp } from '../run/call.ts';
import { CallArguments } from '../run/call-arguments.ts';
import { readTensor } from '../run/tensors.ts';
import type { Form } from './form.ts';

const SEED = 0;
const SCALE_TOLERANCE = { rtol: 1e-6, atol: 0 };
const SAMPLES = 16;
const CHANNELS = 25;
const SIDE = 3;

export const statisticsForm: Form = {
  matches: ({ fields }) => isRecord(fields['statistics']),

  run(golden) {
    manualSeed(SEED);
    const statistics = golden.fields['statistics'] as JsonRecord;
    return statistics['unit'] === 'channel' ? checkChannels(golden, statistics) : checkElements(golden, statistics);
  },
};

async function dropOut(golden: GoldenCase, input: Tensor): Promise<readonly number[]> {
  const output = (await callOp(
    golden.op,
    new CallArguments(new Map([['input', input]]), golden.attrs),
    opTable,
  )) as Tensor;
  const { values } = await readTensor(output);
  const [gradient] = grad([sum(output)], [input]);
  const mask = gradient ? (await readTensor(gradient)).values : [];
  if (values.some((value, position) => value !== mask[position]))
    throw new Error('the gradient of the input is not the mask');
  return values;
}

async function checkElements(golden: GoldenCase, statistics: JsonRecord): Promise<Comparison> {
  const count = statistics['n'] as number;
  const values = await dropOut(golden, ones([count], { requiresGrad: true }));
  const allowed = statistics['values'] as readonly number[];
  const odd = values.find((value) => !allowed.some((one) => agrees(value, one, SCALE_TOLERANCE)));
  if (odd !== undefined) return fail(`the value ${odd}, expected one of ${allowed.join(', ')}`);
  const kept = values.filter((value) => value !== 0).length / count;
  const mean = values.reduce((total, value) => total + value, 0) / count;
  return joinComparisons([
    [
      'kept fraction',
      compareWithin(kept, statistics['kept_fraction'] as number, statistics['kept_fraction_within'] as number),
    ],
    ['mean', compareWithin(mean, statistics['mean'] as number, statistics['mean_within'] as number)],
  ]);
}

/** Every (sample, channel) slice is zero or scaled as a whole, and both kinds occur. */
async function checkChannels(golden: GoldenCase, statistics: JsonRecord): Promise<Comparison> {
  const rank = Number(/(\d)d$/.exec(golden.op)?.[1] ?? 1);
  const size = SIDE ** rank;
  const values = await dropOut(
    golden,
    ones([SAMPLES, CHANNELS, ...Array<number>(rank).fill(SIDE)], { requiresGrad: true }),
  );
  const scale = statistics['scale'] as number;
  const slices = Array.from({ length: SAMPLES * CHANNELS }, (_, slice) =>
    values.slice(slice * size, (slice + 1) * size),
  );
  const mixed = slices.filter((slice) => !slice.every((value) => value === slice[0]));
  if (mixed.length > 0) return fail(`${mixed.length} slices are neither all dropped nor all kept`);
  const odd = slices.find(([value = Number.NaN]) => value !== 0 && !agrees(value, scale, SCALE_TOLERANCE));
  if (odd) return fail(`a slice is scaled by ${odd[0]}, expected ${scale}`);
  return comparePlain([...new Set(slices.map(([value]) => value === 0))].length, 2);
}

function compareWithin(actual: number, expected: number, within: number): Comparison {
  if (agrees(actual, expected, { rtol: 0, atol: within })) return AGREED;
  return fail(`${actual}, expected ${expected} within ${within}`);
}
