/** Operands brought into the form that tiles read: images between zeros, and channels side by side. */
import { denseStrides } from '@nn/backend';
import { type Callable, type Code, I32, i32, V128, v128, type WasmModule } from '../../assembler/index.ts';
import { turned } from '../../scalar/quad.ts';
import { loadEach, loadQuad, storeLane } from '../access.ts';
import type { Arithmetic } from './arithmetic.ts';
import { nest, repeated, unrolled, type Walk } from './walk.ts';

/** `(from, to)`: an image (sizes with the planes first) to its place between zeros, in a layout of so many bytes from one to the next. */
export function imageCopy(
  module: WasmModule,
  { dtype, stored, bytes, vectors }: Arithmetic,
  sizes: readonly number[],
  steps: readonly number[],
  before: readonly number[],
): Callable {
  const dense = denseStrides(sizes);
  const outer = sizes.slice(0, -1).map((count, d) => ({ count, steps: [dense[d]! * stored, steps[d]!] }));
  const width = sizes.at(-1)!;
  const quads = width >> 2;
  return module.function(null, [I32, I32], [], (f, from, to) => {
    const quad = [4 * stored, 16 * vectors] as const;
    const { code, moved } = unrolled(f, [{ count: quads, steps: quad }], [from!, to!], ([source, target]) =>
      loadQuad(f, dtype, from!, source).map((part, i) => v128.store(to!, part, target! + 16 * i)),
    );
    const kept = f.locals(V128, vectors);
    const rest = [
      loadQuad(f, dtype, from!, quads * quad[0] - moved[0]!).map((part, i) => kept[i]!.set(part)),
      Array.from({ length: width % 4 }, (_, lane) =>
        storeLane(vectors > 1 ? 'float64' : 'float32', to!, kept, lane, quads * quad[1] - moved[1]! + lane * bytes),
      ),
    ];
    return [
      to!.add(before.reduce((sum, n, d) => sum + n * steps[d + 1]!, 0)),
      nest(f, outer, [from!, to!], { code: [code, width % 4 ? rest : []], moved }).code,
    ];
  });
}

/**
 * `(from, to)`: at every place of the dimensions (counts and strides in elements) a cell of so many vectors with values of `channels` channels, which lie `stride`
 * apart. Lanes beyond them are any numbers.
 */
export function channelPack(
  module: WasmModule,
  { dtype, stored, vectors }: Arithmetic,
  channels: number,
  stride: number,
  cell: number,
  dimensions: readonly (readonly [count: number, stride: number])[],
): Callable {
  // Inner dimensions whose places lie side by side, up or down, are one run, which is turned four places at a time.
  const way = Math.sign(dimensions.findLast(([count]) => count > 1)?.[1] ?? 1);
  let run = 1;
  let d = dimensions.length;
  for (; stored === 4 && d > 0 && (dimensions[d - 1]![1] === way * run || dimensions[d - 1]![0] === 1); d--)
    run *= dimensions[d - 1]![0];
  const step = cell * 16;
  const cells = denseStrides([...dimensions.slice(0, d).map(([count]) => count), run]);
  const quads = Array.from({ length: cell / vectors }, (_, q) =>
    [0, 1, 2, 3].map((lane) => Math.min(4 * q + lane, channels - 1) * stride * stored),
  );
  return module.function(null, [I32, I32], [], (f, from, to) => {
    const one = quads.map((lanes, q) => {
      const quad = loadEach(
        f,
        dtype,
        lanes.map((lane) => i32.add(from!, lane)),
      );
      return quad.map((part, i) => v128.store(to!, part, 16 * (q * vectors + i)));
    });
    const four = quads.map((lanes, q) => {
      const columns = turned(
        f,
        lanes.map((lane) => v128.load(way < 0 ? i32.sub(from!, 12) : from!, lane)),
      );
      const ordered = way < 0 ? columns.values.toReversed() : columns.values;
      return [columns.code, ordered.map((column, i) => v128.store(to!, column, i * step + 16 * q))];
    });
    const along = (count: number, n: number, code: Code): Code =>
      repeated(f, count, [from!, to!], [way * n * stored, n * step], code);
    const inner: Walk = {
      code: [stored === 4 ? along(run >> 2, 4, four) : [], along(stored === 4 ? run & 3 : run, 1, one)],
      moved: [way * run * stored, run * step],
    };
    const outer = dimensions.slice(0, d).map(([count, far], i) => ({ count, steps: [far * stored, cells[i]! * step] }));
    return nest(f, outer, [from!, to!], inner).code;
  });
}
