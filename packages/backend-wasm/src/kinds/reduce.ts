/**
 * The `reduce` kind. The reduced elements fall into segments (`reduce/shape.ts`); a segment is combined in strands (`fold.ts`, `reduce/segment.ts`), segments one
 * after another (`reduce/loops.ts`). Where there are many segments they are the units of work, and `finish` combines them in order.
 */
import { product, type ReduceKernel } from '@nn/backend';
import { words } from '../assembler/index.ts';
import { bytesAlong } from './access.ts';
import { type Kind, plainVariant } from './kind.ts';
import { Loops } from './reduce/loops.ts';
import { segmentsOf, shapeOf } from './reduce/shape.ts';

export const reduceKind: Kind<ReduceKernel> = (kernel, geometry) => {
  const { rank, reducedRank } = kernel;
  const { sizes } = geometry;
  const shape = shapeOf(kernel, geometry);
  const { along, split } = shape;
  const { rows, length, pieces, group, count } = segmentsOf(sizes.slice(rank, rank + reducedRank));
  const outputs = product(sizes.slice(0, rank));
  const columns = along === 'kept' ? sizes[rank - 1]! : 1;
  const units = split ? (outputs / Math.max(1, columns)) * count : outputs;
  // A segment's partial results: a state for each vector of outputs.
  const state = 16 * ((shape.body.type === 'f64' ? 2 : 1) + 1);
  const key = [
    along[0],
    ...[...shape.steps, ...shape.cross, shape.outputStep].map((step) => step[0]),
    split ? 's' : '',
    along === 'kept' ? `${shape.strands} ${shape.width}` : '',
  ];
  return {
    ...plainVariant,
    key: key.join(''),
    emit: (module) => {
      module.function('run', words(4), [], (f, block, first, last) => {
        const loops = new Loops(f, shape, block!);
        return split ? loops.segments(first!, last!) : loops.outputs(first!, last!);
      });
      if (split) module.function('finish', words(4), [], (f, block) => new Loops(f, shape, block!).finish());
    },
    constants: [
      ...sizes,
      ...bytesAlong([kernel.output, ...kernel.inputs], geometry.strides, rank + reducedRank),
      rows,
      length,
      pieces,
      group,
      count,
      columns,
    ],
    units,
    grain: along === 'kept' && !split ? Math.max(16, 4 * shape.width) : 1,
    work: outputs * rows * length * 0.4,
    shared: split ? units * state * Math.ceil(columns / 4) : 0,
    finish: split,
  };
};
