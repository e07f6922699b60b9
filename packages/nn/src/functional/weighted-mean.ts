/**
 * The last step of losses of classes: Σ loss / Σ weight over samples, of which some don't count. One `rows` kernel takes both sums of a short list; a long
 * one is summed by two reductions, which backends spread over more than one worker.
 */
import { castTo, div, dtypes, equal, type Expression, gradient as unused, input, mul, neg, same, scalar, select } from '@nn/backend';
import { div as quotient, type Tensor } from '@nn/tensor';
import { dispatchMany, type Layout, Op, type RowsBuild, type RowsGradient } from '@nn/tensor/internal';
import { elementwiseLoss, lossType, type Reduction } from './loss.ts';
