/** leakyRelu with slopes drawn at random: in training, one for each element, computed anew from its place in backward; else their mean. */
import {
  add,
  cast,
  coordinate,
  dtypes,
  type Expression,
  elementBits,
  leakyRelu,
  mul,
  randomBits,
  randomBits2,
  scalar,
  sub,
  uniform,
  uniformDouble,
  ValueError,
} from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import type { Layout } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import type { Generator } from '../../random/generator.ts';
import type { Tensor } from '../../tensor.ts';
import { drawOf } from '../random/options.ts';
import { checkTakes, element, single } from './forms.ts';
import { leakyRelu as meanSlope, leakyRelu_ as meanSlopeInPlace } from './rectifiers.ts';
import type { InPlaceOptionsFunction, OptionsFunction } from './signatures.ts';

/** Options of rrelu. */
export interface RandomReluOptions {
  /** The smallest slope for x < 0; 1/8. */
  readonly lower?: number | undefined;
  /** The largest; 1/3. */
  readonly upper?: number | undefined;
  /** Whether slopes are drawn; else all are their mean; false. */
  readonly training?: boolean | undefined;
  /** Where they are drawn from; the default generator. */
  readonly generator?: Generator | undefined;
}

/** Uniform in [0, 1): as many bits as the type has. Scalars 0 to 2 are the generator's key and the call. */
function drawn(type: 'f32' | 'f64'): Expression {
  const place = [scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), cast(coordinate, 'u32')] as const;
  if (type === 'f32') return uniform(elementBits(...place));
  return uniformDouble(randomBits(...place), randomBits2(...place));
}

function build([layout]: readonly Layout[]): MapBuild {
  checkTakes('rrelu', 'float', layout!.dtype);
  const type = dtypes[layout!.dtype].scalar as 'f32' | 'f64';
  const [lower, upper] = [scalar(3, type), scalar(4, type)];
  const slope = add(lower, mul(sub(upper, lower), drawn(type)));
  return single(layout!.dtype, leakyRelu(element(layout!, 0), slope), 5);
}

const op = new Op('map', 'rrelu', { inPlace: false, build });
const opInPlace = new Op('map', 'rrelu_', { inPlace: true, build });

function run(name: string, x: Tensor, options: RandomReluOptions | undefined, inPlace: boolean): Tensor {
  if (options !== undefined) checkNamed(name, options);
  const [lower, upper] = [options?.lower ?? 1 / 8, options?.upper ?? 1 / 3];
  if (!(lower <= upper)) throw new ValueError(name, `lower ${lower} is greater than upper ${upper}; exchange them`);
  if (options?.training !== true)
    return (inPlace ? meanSlopeInPlace : meanSlope)(x, { negativeSlope: (lower + upper) / 2 });
  const { key0, key1, counter } = drawOf(name, options);
  const scalars = [key0, key1, counter, lower, upper];
  return inPlace ? dispatchInto(opInPlace, [x], scalars) : dispatch(op, x, null, null, scalars);
}

/** leakyRelu with a slope for x < 0 that is drawn from [lower, upper) for each element in training, and their mean otherwise. PyTorch: `F.rrelu`. */
export const rrelu: OptionsFunction<RandomReluOptions> = ((x: Tensor, options?: RandomReluOptions) =>
  run('rrelu', x, options, false)) as never;
export const rrelu_: InPlaceOptionsFunction<RandomReluOptions> = ((x: Tensor, options?: RandomReluOptions) =>
  run('rrelu_', x, options, true)) as never;
