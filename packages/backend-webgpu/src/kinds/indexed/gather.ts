/** The `gather` kind: one thread an element. */
import { type GatherKernel, product } from '@nn/backend';
import { groupsOf, type Kind } from '../kind.ts';
import type { Source } from '../source.ts';
import { address, coordinates } from '../walk.ts';
import { indexedBindings, indexedWords, readIndices } from './target.ts';

const threads = 64;

export const gatherKind: Kind<GatherKernel> = {
  variant: (kernel, geometry) => {
    const { sizes } = geometry;
    const n = product(sizes);
    return {
      passes: [
        {
          key: '',
          bindings: indexedBindings(kernel.dtype, kernel.dtype, kernel.indices),
          words: [n, ...sizes, ...indexedWords(geometry, [...sizes.keys()])],
          groups: groupsOf(Math.ceil(n / threads)),
          threads: [threads],
          emit: (source) => emitGather(source, kernel),
        },
      ],
    };
  },
};

function emitGather(source: Source, { rank, indices }: GatherKernel): void {
  source.line(`let i = ${source.unit} * ${threads}u + lane;`, `if (i >= ${source.word(0)}) { return; }`);
  const at = coordinates(source, 'i', rank, 1);
  const strides = (operand: number): number => 1 + rank + rank * operand;
  const extents = strides(2 + indices.length);
  const addressOf = ({ binding, strides: first }: { binding: number; strides: number }): string =>
    address(source, source.start(binding), at, first);
  const places = readIndices(
    source,
    source.lines,
    indices.map((_, k) => ({ binding: 2 + k, strides: strides(2 + k), extents: extents + 2 * k })),
    addressOf,
  );
  const from = [
    addressOf({ binding: 1, strides: strides(1) }),
    ...places.map((place, k) => `${place} * ${source.word(extents + 2 * k + 1)}`),
  ].join(' + ');
  source.line(source.store(0, addressOf({ binding: 0, strides: strides(0) }), source.load(1, from)));
}
