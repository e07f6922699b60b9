/**
 * The `reduce` kind. A short reduction is one thread's work; a longer one is that of many, which combine in workgroup memory; where several workgroups share an output
 * they leave parts that a second pass combines.
 */
import { product, type ReduceKernel } from '@nn/backend';
import { lower } from '../../scalar/emit.ts';
import { type Binding, groupsOf, type Kind, type Pass } from '../kind.ts';
import { strandsOf, workgroup } from './accumulate.ts';
import { wordsOfPlace } from './elements.ts';
import { emitOver, emitSerial, type Shape } from './emit.ts';
import { type Stored, storedOf } from './fold.ts';
import { type Arrangement, alongOutputs, alongReduced, liesAcross, overParts, workersOf } from './plan.ts';

/** Threads of a workgroup in which nobody waits for others. */
const few = 64;
/** Elements from which several are under way at once. */
const several = 8;

export const reduceKind: Kind<ReduceKernel> = {
  variant: (kernel, { sizes, strides }) => {
    const { rank } = kernel;
    const [kept, reduced] = [sizes.slice(0, rank), sizes.slice(rank)];
    const [count, extent] = [product(kept), product(reduced)];
    const body = lower(kernel.body);
    const shape: Shape = {
      kernel,
      body,
      epilogue: lower(kernel.epilogue),
      strands: extent < several ? 1 : strandsOf(body),
    };
    const stored = storedOf(kernel.combine, body.type);
    const output: Binding = { from: { operand: 0 }, dtype: kernel.output.dtype, writes: true };
    const inputs = kernel.inputs.map(({ dtype }, i): Binding => ({ from: { operand: 1 + i }, dtype, writes: false }));
    const outputWords = kernel.output.access === 'strided' ? [...kept, ...strides[0]!.slice(0, rank)] : [];
    const inputWords = wordsOfPlace(kernel.inputs, sizes, strides);
    const workers = workersOf(count, extent);
    if (workers === 1) {
      const pass: Pass = {
        key: `serial ${shape.strands}`,
        bindings: [output, ...inputs],
        words: [count, extent, ...outputWords, ...inputWords],
        groups: groupsOf(Math.ceil(count / few)),
        threads: [few],
        emit: (source) => emitSerial(source, shape, few),
      };
      return { passes: [pass] };
    }
    const across = liesAcross(kept, reduced, strides.slice(1));
    const first = across ? alongOutputs(count, extent, workers, workgroup) : alongReduced(workers, workgroup);
    const pass = (own: Arrangement, reads: 'elements' | 'parts', bindings: readonly Binding[], of: number): Pass => {
      const writes = own.sections > 1 ? 'parts' : 'output';
      const stack = own.each > 1;
      return {
        key: `${reads} ${writes} ${stack ? 'stack' : ''}`,
        bindings,
        words: [
          ...[count, of, own.each * own.threads * own.sections],
          ...wordsOf(own),
          ...(writes === 'output' ? outputWords : []),
          ...(reads === 'elements' ? inputWords : []),
        ],
        groups: groupsOf(Math.ceil(count / own.outputs) * own.sections),
        threads: [workgroup],
        emit: (source) => emitOver(source, shape, { reads, writes, stack }),
      };
    };
    if (first.sections === 1) return { passes: [pass(first, 'elements', [output, ...inputs], extent)] };
    const { sections } = first;
    const part = partsOf(stored);
    const second = overParts(sections, workgroup);
    return {
      passes: [
        pass(first, 'elements', [part(true), ...inputs], extent),
        pass(second, 'parts', [output, part(false)], sections),
      ],
      scratch: [count * sections * stored.words * 4],
    };
  },
};

const partsOf =
  ({ dtype }: Stored) =>
  (writes: boolean): Binding => ({ from: { scratch: 0 }, dtype, writes });

/** An arrangement as shifts and masks: of a thread's output and worker, of a workgroup's section; then each thread's share. */
function wordsOf({ outputs, threads, each, sections, across }: Arrangement): number[] {
  const [x, y] = [Math.log2(outputs), Math.log2(threads)];
  return [across ? 0 : y, outputs - 1, across ? x : 0, threads - 1, Math.log2(sections), sections - 1, each];
}
