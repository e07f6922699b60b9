/** The `gather` kind: one thread an element. Where the operands and the faults are more than a shader may bind, what the indices select is a pass of its own. */
import { type GatherKernel, product } from '@nn/backend';
import { type Binding, groupsOf, type Kind, type Pass } from '../kind.ts';
import type { Source } from '../source.ts';
import { address, coordinates } from '../walk.ts';
import { indexedBindings, indexedWords, readIndices, type Walked } from './target.ts';

const threads = 64;

export const gatherKind: Kind<GatherKernel> = {
  variant: (kernel, geometry, { storageBuffers }) => {
    const { sizes } = geometry;
    const n = product(sizes);
    const pass = (key: string, bindings: readonly Binding[], emit: (source: Source) => void): Pass => ({
      key,
      bindings,
      words: [n, ...sizes, ...indexedWords(geometry, [...sizes.keys()])],
      groups: groupsOf(Math.ceil(n / threads)),
      threads: [threads],
      emit,
    });
    const all = indexedBindings(kernel.dtype, kernel.dtype, kernel.indices);
    if (all.length <= storageBuffers) return { passes: [pass('', all, (source) => emitGather(source, kernel))] };
    const [output, from, ...indices] = all as [Binding, Binding, ...Binding[]];
    const selected = (writes: boolean): Binding => ({ from: { scratch: 0 }, dtype: 'u32', writes });
    return {
      passes: [
        pass('selected', [selected(true), ...indices], (source) => {
          const at = coordinatesOf(source, kernel);
          source.line(source.store(0, 'i', selectedBy(source, kernel, at, 1)));
        }),
        pass('moved', [output, from, selected(false)], (source) => {
          const at = coordinatesOf(source, kernel);
          emitMove(source, kernel, at, source.load(2, 'i'));
        }),
      ],
      scratch: [n * 4],
    };
  },
};

function emitGather(source: Source, kernel: GatherKernel): void {
  const at = coordinatesOf(source, kernel);
  emitMove(source, kernel, at, selectedBy(source, kernel, at, 2));
}

/** Where this thread's element, `i`, is in the iteration: words 1…. */
function coordinatesOf(source: Source, { rank }: GatherKernel): string[] {
  source.line(`let i = ${source.unit} * ${threads}u + lane;`, `if (i >= ${source.word(0)}) { return; }`);
  return coordinates(source, 'i', rank, 1);
}

/** Word at which the strides of an operand begin. */
const stridesOf = ({ rank }: GatherKernel, operand: number): number => 1 + rank + rank * operand;

/** How far the indices, bound from `first` on, move the source. */
function selectedBy(source: Source, kernel: GatherKernel, at: readonly string[], first: number): string {
  const { indices } = kernel;
  const extents = stridesOf(kernel, 2 + indices.length);
  const places = readIndices(
    source,
    source.lines,
    indices.map((_, k) => ({ binding: first + k, strides: stridesOf(kernel, 2 + k), extents: extents + 2 * k })),
    ({ binding, strides }: Walked) => address(source, source.start(binding), at, strides),
  );
  return places.map((place, k) => `${place} * ${source.word(extents + 2 * k + 1)}`).join(' + ') || '0u';
}

/** Moves the element of the source, binding 1, to the output. */
function emitMove(source: Source, kernel: GatherKernel, at: readonly string[], selected: string): void {
  const from = address(source, source.start(1), at, stridesOf(kernel, 1));
  const to = address(source, source.start(0), at, stridesOf(kernel, 0));
  source.line(source.store(0, to, source.load(1, `${from} + ${selected}`)));
}
