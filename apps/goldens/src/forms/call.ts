/** The common form, for every case that has no other: one call of an op on its inputs. */

import { opTable } from '../ops/table.ts';
import { buildInputs } from '../run/build-inputs.ts';
import { callOp } from '../run/call.ts';
import { CallArguments } from '../run/call-arguments.ts';
import { checkStandard } from '../run/check-standard.ts';
import { flattenOutputs } from '../run/tensors.ts';
import type { Form } from './form.ts';

export const callForm: Form = {
  matches: () => true,

  async run(golden) {
    const leaves = buildInputs(golden);
    const result = await callOp(golden.op, new CallArguments(leaves, golden.attrs), opTable);
    return checkStandard(golden, { leaves, outputs: flattenOutputs(result) });
  },
};
