/**
 * torch.nn.utils on gradients and parameters: clipping, whose outputs are the total norm (by norm only) and the gradients
 * afterwards, and joining parameters into a vector.
 */

import { type Tensor, zerosLike } from '@nn/tensor';
import type { GoldenCase } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { buildInputs } from '../run/build-inputs.ts';
import { checkOutputs } from '../run/check-standard.ts';
import { callFunction, MissingError } from '../run/library.ts';
import { flattenOutputs } from '../run/tensors.ts';
import type { Form } from './form.ts';

const PREFIX = 'torch.nn.utils.';

export const utilityForm: Form = {
  matches: ({ op }) => op.startsWith(PREFIX),

  async run(golden) {
    return checkOutputs(golden, flattenOutputs(runUtility(golden)));
  },
};

function runUtility(golden: GoldenCase): unknown {
  const tensors = [...buildInputs(golden).values()];
  const attributes = toPlain(golden.attrs) as Readonly<Record<string, unknown>>;
  switch (golden.op) {
    case `${PREFIX}clip_grad_norm_`: {
      const parameters = tensors.map(withGradient);
      const { max_norm, norm_type } = attributes;
      const options = norm_type === undefined ? [] : [{ normType: norm_type }];
      return [callFunction('clipGradNorm_', [parameters, max_norm, ...options]), parameters.map(({ grad }) => grad)];
    }
    case `${PREFIX}clip_grad_value_`: {
      const parameters = tensors.map(withGradient);
      callFunction('clipGradValue_', [parameters, attributes['clip_value']]);
      return parameters.map(({ grad }) => grad);
    }
    case `${PREFIX}parameters_to_vector`:
      return callFunction('parametersToVector', [tensors]);
    default:
      throw new MissingError(`no mapping for ${golden.op}`);
  }
}

/** A parameter whose gradient is the given one. */
function withGradient(gradient: Tensor): Tensor {
  const parameter = zerosLike(gradient, { requiresGrad: true });
  parameter.grad = gradient;
  return parameter;
}
