/** The forms in the order in which they are asked; the last one takes any case. */

import type { GoldenCase } from '../format/document.ts';
import { callForm } from './call.ts';
import { dataForm } from './data-loading.ts';
import { drawForm } from './draws.ts';
import type { Form } from './form.ts';
import { functionForm } from './functions.ts';
import { utilityForm } from './gradient-clipping.ts';
import { initializerForm, initialStateForm } from './initial-values.ts';
import { moduleCallForm } from './module-call.ts';
import { moduleStructureForm } from './module-structure.ts';
import { optimizerForm } from './optimizers.ts';
import { printForm } from './printing.ts';
import { programForm, seedForm } from './programs.ts';
import { schedulerForm } from './schedulers.ts';
import { statisticsForm } from './statistics.ts';
import { strideForm } from './strides.ts';
import { subscriptForm } from './subscripts.ts';
import { trainingForm } from './training.ts';

const FORMS: readonly Form[] = [
  ...[seedForm, programForm, trainingForm, moduleStructureForm, printForm, strideForm, subscriptForm],
  ...[statisticsForm, functionForm, initializerForm, initialStateForm, moduleCallForm],
  ...[optimizerForm, schedulerForm, utilityForm, dataForm, drawForm],
];

export function findForm(golden: GoldenCase): Form {
  return FORMS.find((form) => form.matches(golden)) ?? callForm;
}
