/** The `conv` kind: from the numbers of a launch to the code of its role. All sizes but the batch are part of the code: a convolution is always worth its own. */
import { type ConvKernel, product } from '@nn/backend';
import { type WasmModule, words } from '../../assembler/index.ts';
import { type Kind, plainVariant } from '../kind.ts';
import { arithmeticOf } from './arithmetic.ts';
import { correlationCode } from './correlation.ts';
import type { RoleCode } from './plan.ts';
import { correlationOf } from './shape.ts';
import { weightGradientCode } from './weight-gradient.ts';
import * as winograd from './winograd/index.ts';

export const convKind: Kind<ConvKernel> = (kernel, geometry, features) => {
  const { dtype, role, spatialRank } = kernel;
  const shape = correlationOf(kernel, geometry);
  const gradient = role === 'weightGradient';
  const { batch, groups, lanes, source, target, weight } = shape;
  const images = batch * product(role === 'inputGradient' ? source : target);
  const written = groups * (gradient ? weight.group : lanes * batch * product(target));
  const grid = winograd.gridOf(kernel, shape);
  const arithmetic = arithmeticOf(dtype, features);
  const code = (): RoleCode =>
    grid === null
      ? (gradient ? weightGradientCode : correlationCode)(kernel, arithmetic, shape)
      : (gradient ? winograd.weightGradientCode : winograd.correlationCode)(kernel, arithmetic, grid);
  return {
    ...plainVariant,
    // The batch is the first of the sizes of x and of y.
    key: `${geometry.sizes.filter((_, i) => i % (2 * spatialRank + 4) > 0)};${geometry.extents}`,
    // About so many nanoseconds for a multiply-add.
    work: groups * weight.group * images * (grid !== null ? 0.03 : dtype === 'float32' ? 0.05 : 0.2),
    ...(written > 0 ? code() : nothing),
  };
};

/** Where nothing is written. */
const nothing = {
  key: 'nothing',
  emit: (module: WasmModule): void => void module.function('run', words(4), [], () => []),
  units: 0,
};
