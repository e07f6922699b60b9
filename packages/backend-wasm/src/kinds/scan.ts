/** The `scan` kind: each row by one loop, an element at a time, for the order is part of the result; rows that lie side by side, by `scan-across.ts`. Rows divide among threads. */
import { type Combine, dtypes, product, type ScalarType, type ScanKernel } from '@nn/backend';
import {
  branchIf,
  type Code,
  f32x4,
  f64x2,
  I32,
  i32,
  i32x4,
  type Local,
  loop,
  pick,
  V128,
  v128,
  when,
  words,
} from '../assembler/index.ts';
import { castQuad } from '../scalar/cast.ts';
import { narrowMask, type Quad, wideMasks } from '../scalar/quad.ts';
import { bytesOf, keepPacked, loadSplat, storeLane } from './access.ts';
import { Fold } from './fold.ts';
import { BlockLayout, type Kind, plainVariant } from './kind.ts';
import { acrossScan } from './scan-across.ts';
import { Stream } from './stream.ts';
import { Walk } from './walk.ts';

export const scanKind: Kind<ScanKernel> = (kernel, geometry) => {
  const { sizes, strides } = geometry;
  const { rank, input, output, indices, combine, reverse } = kernel;
  const size = sizes[rank]!;
  const rows = size === 0 ? 0 : product(sizes.slice(0, rank));
  const types = [output.dtype, ...(indices ? (['int64'] as const) : []), input.dtype];
  // Indices are dense; in reverse all operands are walked from the end.
  const dense = sizes.map((_, d) => product(sizes.slice(d + 1)));
  const stridesOf = types.map((dtype, i) =>
    (indices && i === 1 ? dense : strides[i]!).slice(0, rank + 1).map((stride) => stride * bytesOf(dtype)),
  );
  const kept = dtypes[output.dtype].scalar;
  // All but max and min: one running sum meets every element of a row, and would lose small ones in float32, a tenth of the sum after ten million.
  const type = kept === 'f32' && !combine.startsWith('m') ? 'f64' : kept;
  const across = acrossScan(kernel, geometry, type);
  if (across !== null) return across;
  return {
    ...plainVariant,
    key: '',
    constants: [...sizes, ...stridesOf.flat()],
    units: rows,
    grain: 1,
    work: rows * size * 3,
    emit: (module) => {
      const layout = new BlockLayout(0, types.length);
      module.function('run', words(4), [], (f, block, first, last) => {
        const constant = layout.reader(f, block!);
        const stride = (i: number, d: number): Code => constant((rank + 1) * (1 + i) + d);
        const pointers = f.locals(I32, types.length);
        const cursors = f.locals(I32, types.length);
        const streams = types.map(
          (dtype, i) => new Stream(f, `operand ${i}`, dtype, 'far', cursors[i]!, stride(i, rank)),
        );
        const walk = new Walk(f, rank, constant, pointers, stride);
        const fold = new Fold(f, combine, type);
        const state = fold.state();
        const values = fold.values(state);
        const [position, rest] = f.locals(I32, 2) as [Local, Local];
        const from = f.local(V128);
        const source = streams.at(-1)!;
        const end = i32.sub(constant(rank), 1);
        const next = castQuad(f, dtypes[input.dtype].scalar, type, loadSplat(f, input.dtype, source.cursor));
        const element = next.map(() => f.local(V128));
        const result = keepPacked(f, output.dtype, castQuad(f, type, kept, values));
        const found = indices ? latest(combine, type, values, element) : [];
        const takes = f.local(V128);
        const masks = type === 'f64' ? wideMasks(takes) : [takes];
        const { features } = f.module;
        return [
          pointers.map((pointer, i) => pointer.set(i32.load(block!, layout.operand(i)))),
          walk.start(first!),
          when(
            i32.ltS(first!, last!),
            loop(
              cursors.map((cursor, i) => cursor.set(pointers[i]!)),
              reverse ? streams.map((stream) => stream.moveBy(end)) : [],
              position.set(reverse ? end : i32.const(0)),
              rest.set(constant(rank)),
              fold.reset(state),
              loop(
                next.map((part, i) => element[i]!.set(part)),
                indices
                  ? [
                      takes.set(found),
                      values.map((part, i) => part.set(pick(features, masks[i]!, element[i]!, part))),
                      from.set(pick(features, takes, i32x4.splat(position), from)),
                      storeLane('int64', cursors[1]!, [from], 0),
                    ]
                  : [fold.merge(state, element), fold.settle(state)],
                result.code,
                storeLane(output.dtype, cursors[0]!, result.kept, 0),
                streams.map((stream) => stream.moveBy(i32.const(reverse ? -1 : 1))),
                position.add(reverse ? -1 : 1),
                branchIf(rest.tee(i32.sub(rest, 1)), 0),
              ),
              walk.next(),
              branchIf(i32.ltS(first!.tee(i32.add(first!, 1)), last!), 0),
            ),
          ),
        ];
      });
    },
  };
};

/** Mask of lanes where x is as extreme as what was met so far, or NaN. */
function latest(combine: Combine, type: ScalarType, so: Quad, x: Quad): Code {
  if (type === 'f32' || type === 'f64') {
    const { ge, le, ne } = type === 'f64' ? f64x2 : f32x4;
    const masks = x.map((part, i) => v128.or((combine === 'max' ? ge : le)(part, so[i]!), ne(part, part)));
    return type === 'f64' ? narrowMask(masks[0]!, masks[1]!) : masks[0]!;
  }
  if (type === 'i32') return (combine === 'max' ? i32x4.geS : i32x4.leS)(x[0]!, so[0]!);
  return (combine === 'max' ? i32x4.geU : i32x4.leU)(x[0]!, so[0]!);
}
