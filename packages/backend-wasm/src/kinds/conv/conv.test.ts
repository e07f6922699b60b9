/** What conformance can't see of convolutions: bits don't depend on how units are divided, and shapes whose code takes other ways than small ones do. */
import {
  add,
  type ConvKernel,
  cast,
  coordinate,
  type DType,
  denseStrides,
  dtypes,
  type Expression,
  type Geometry,
  input,
  Launch,
  max,
  mul,
  product,
  reference,
  same,
  scalar,
} from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { type Features, WasmModule } from '../../assembler/index.ts';
import { hasRelaxed } from '../../features.ts';
import { hostFunctions } from '../../host.ts';
import { bytesOf } from '../access.ts';
import { BlockLayout, scalarAt, sharedWord, type Variant } from '../kind.ts';
import { arithmeticOf } from './arithmetic.ts';
import { convKind } from './conv.ts';
import { planOf } from './plan.ts';
import { correlationOf } from './shape.ts';
import { gridOf } from './winograd/index.ts';

interface Axis {
  readonly x: number;
  readonly w: number;
  readonly stride?: number;
  readonly before?: number;
  readonly after?: number;
  readonly dilation?: number;
}

interface Spec {
  readonly batch?: number;
  readonly groups?: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly Axis[];
  readonly dtype?: DType;
}

type Role = ConvKernel['role'];
const roles: readonly Role[] = ['forward', 'inputGradient', 'weightGradient'];
const strict: Features = { relaxed: false, shared: false };
const fused: Features = { relaxed: hasRelaxed(), shared: false };

/** Numbers that are the same in every run. */
function numbers(n: number, seed: number, whole: boolean): number[] {
  return Array.from({ length: n }, (_, i) => {
    const bits = Math.imul((i + 1) ^ (seed << 20), 0x9e3779b1) >>> 0;
    const mixed = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b) >>> 0;
    return whole ? (mixed >>> 8) % 7 : mixed / 2 ** 31 - 1;
  });
}

/** A launch, and memory with all it needs. */
class Convolution {
  readonly kernel: ConvKernel;
  readonly geometry: Geometry;
  readonly #sizes: readonly number[];
  readonly #values: readonly (readonly number[])[];

  /** `infinite`: the place of such a number in the first operand. */
  constructor(role: Role, spec: Spec, whole = false, epilogue?: Expression, infinite?: number) {
    const { batch = 2, groups = 1, inputs, outputs, axes, dtype = 'float32' } = spec;
    const x = [batch, groups * inputs, ...axes.map((axis) => axis.x)];
    const w = [groups * outputs, inputs, ...axes.map((axis) => axis.w)];
    const y = [
      batch,
      groups * outputs,
      ...axes.map((axis) => {
        const { stride = 1, before = 0, after = 0, dilation = 1 } = axis;
        return Math.max(0, Math.floor((axis.x + before + after - dilation * (axis.w - 1) - 1) / stride) + 1);
      }),
    ];
    const shapes = { forward: [y, x, w], inputGradient: [x, y, w], weightGradient: [w, y, x] }[role];
    const type = dtypes[dtype].scalar;
    const bias = epilogue !== undefined;
    this.kernel = {
      kind: 'conv',
      role,
      spatialRank: axes.length,
      dtype,
      bias,
      epilogue: epilogue ?? input(0, type),
      scalars: 1,
    };
    this.#sizes = [...shapes.map(product), ...(bias ? [groups * outputs] : [])];
    this.#values = this.#sizes.map((n, i) => (i === 0 ? [] : numbers(n, i, whole)));
    if (infinite !== undefined) (this.#values[1] as number[])[infinite] = Number.POSITIVE_INFINITY;
    this.geometry = {
      sizes: [...x, ...w, ...y],
      strides: shapes.map(denseStrides),
      extents: [
        groups,
        ...axes.flatMap(({ stride = 1, before = 0, after = 0, dilation = 1 }) => [stride, before, after, dilation]),
      ],
    };
  }

  /** Whether it is done by minimal filtering. */
  get tiled(): boolean {
    return gridOf(this.kernel, correlationOf(this.kernel, this.geometry)) !== null;
  }

  /** The output's bytes, with units divided at these places and done in this order. Memory that code may read but not rely on is full of NaN. */
  run(features: Features, split: (units: number) => readonly (readonly [first: number, last: number])[]): Uint8Array {
    const { kernel, geometry } = this;
    const variant = convKind(kernel, geometry, features);
    const module = new WasmModule(features);
    variant.emit(module);
    const size = bytesOf(kernel.dtype);
    const needed = this.#sizes.reduce((sum, n) => sum + n * size + 128, variant.shared + variant.scratch + 16384);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(needed / 65536) });
    const bytes = new Uint8Array(memory.buffer).fill(0xff);
    const array = dtypes[kernel.dtype].array as typeof Float32Array;
    let top = 8192;
    const room = (bytes: number): number => {
      const at = top;
      top = Math.ceil((top + bytes + 64) / 64) * 64;
      return at;
    };
    const addresses = this.#sizes.map((n) => room(n * size));
    for (const [i, values] of this.#values.entries())
      new array(memory.buffer, addresses[i]!, values.length).set(values);
    const words = new Int32Array(memory.buffer);
    const layout = new BlockLayout(kernel.scalars, addresses.length);
    new Float64Array(memory.buffer)[(4096 + scalarAt(0)) >> 3] = 3;
    [...addresses, ...variant.constants].forEach((word, i) => {
      words[((4096 + layout.operand(0)) >> 2) + i] = word;
    });
    words[(4096 >> 2) + sharedWord] = room(variant.shared);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.encode()), {
      e: { m: memory, ...hostFunctions(memory) },
    });
    const { run, finish } = instance.exports as Record<string, (...words: number[]) => void>;
    const scratch = room(variant.scratch);
    for (const [first, last] of split(variant.units)) {
      bytes.fill(0xff, scratch);
      run!(4096, first, last, scratch);
    }
    if (variant.finish) finish!(4096, 0, variant.units, scratch);
    const length = this.#sizes[0]! * size;
    const after = new Uint8Array(memory.buffer, addresses[0]! + length, 16);
    expect([...after]).toEqual(Array(16).fill(0xff));
    return new Uint8Array(memory.buffer, addresses[0]!, length).slice();
  }

  /** The same by the reference backend. */
  expected(): Uint8Array {
    const backend = reference();
    const launch = new Launch();
    const { dtype } = this.kernel;
    launch.program = backend.compile(this.kernel);
    launch.geometry = this.geometry;
    launch.count = this.#sizes.length;
    launch.scalars = [3];
    for (const [i, n] of this.#sizes.entries()) {
      const block = backend.allocate(n * bytesOf(dtype));
      if (i > 0) backend.write(block, 0, dtype, new dtypes[dtype].array(this.#values[i]!));
      launch.blocks.push(block);
      launch.offsets.push(0);
    }
    backend.run(launch);
    const { buffer, byteOffset, byteLength } = backend.readSync!(launch.blocks[0]!, 0, dtype, this.#sizes[0]!);
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
}

const whole = (units: number): [number, number][] => [[0, units]];
/** Ranges of odd sizes, the last one first. */
const odd = (units: number): [number, number][] => {
  const ranges: [number, number][] = [];
  for (let first = 0, n = 1; first < units; first += n, n = (n % 7) + 2)
    ranges.unshift([first, Math.min(units, first + n)]);
  return ranges;
};

const square = (axis: Axis): readonly Axis[] => [axis, axis];

const divided: Readonly<Record<string, Spec>> = {
  'channels in blocks': { batch: 5, inputs: 3, outputs: 21, axes: square({ x: 11, w: 4, before: 1, after: 1 }) },
  'tiles of 2x2, few channels': { batch: 5, inputs: 4, outputs: 21, axes: square({ x: 11, w: 3, before: 1, after: 1 }) },
  'batch larger than its shares': { batch: 37, inputs: 2, outputs: 9, axes: square({ x: 6, w: 3 }) },
  'more weights than images': { batch: 3, inputs: 40, outputs: 130, axes: square({ x: 3, w: 3, before: 1, after: 1 }) },
  depthwise: { batch: 3, groups: 13, inputs: 1, outputs: 1, axes: square({ x: 9, w: 3, before: 1, after: 1 }) },
  'groups of a block and a rest': { batch: 2, groups: 3, inputs: 5, outputs: 11, axes: square({ x: 7, w: 3, stride: 2, before: 1, after: 1 }) },
  'three outputs': { batch: 4, inputs: 6, outputs: 3, axes: square({ x: 15, w: 3, before: 1, after: 1 }) },
  'tiles of 2x2': { batch: 9, inputs: 9, outputs: 21, axes: square({ x: 14, w: 3, before: 1, after: 1 }) },
  'tiles of 2x2, half of the last ones outside': { batch: 3, inputs: 12, outputs: 13, axes: [{ x: 11, w: 3, before: 1, after: 1 }, { x: 13, w: 3 }] },
  'planes a page apart': { batch: 3, inputs: 9, outputs: 21, axes: square({ x: 32, w: 1 }) },
  float64: { batch: 4, inputs: 3, outputs: 7, axes: square({ x: 6, w: 2 }), dtype: 'float64' },
}; // biome-ignore format: a table

describe.each(roles)('%s', (role) => {
  it.each(Object.entries(divided))('has the same bits however units are divided: %s', (name, spec) => {
    const convolution = new Convolution(role, spec);
    expect(convolution.tiled).toBe(name.startsWith('tiles'));
    for (const features of [strict, fused])
      expect(convolution.run(features, odd)).toEqual(convolution.run(features, whole));
  });

  it('has one code for all batches, but none for an empty one', () => {
    const variantOf = (batch: number): Variant => {
      const { kernel, geometry } = new Convolution(role, {
        batch,
        inputs: 40,
        outputs: 130,
        axes: square({ x: 3, w: 3 }),
      });
      return convKind(kernel, geometry, strict);
    };
    const codeOf = (variant: Variant): Uint8Array => {
      const module = new WasmModule(strict);
      variant.emit(module);
      return module.encode();
    };
    const [none, one, many] = [0, 1, 500].map(variantOf) as [Variant, Variant, Variant];
    expect(many.key).toBe(one.key);
    expect(codeOf(many)).toEqual(codeOf(one));
    if (none.key === one.key) expect(codeOf(none)).toEqual(codeOf(one));
  });

  it.each(
    Object.entries({
      'rows far longer than a tile': { inputs: 2, outputs: 9, axes: [{ x: 3001, w: 5, before: 2, after: 2 }] },
      'long rows of one channel': { inputs: 1, outputs: 1, axes: [{ x: 1003, w: 3 }] },
      'more taps than are written out': { inputs: 3, outputs: 4, axes: [{ x: 120, w: 61, dilation: 1 }] },
      '11x11 of stride 4': { inputs: 3, outputs: 8, axes: square({ x: 47, w: 11, stride: 4, before: 2, after: 2 }) },
      'patches of stride 8': { inputs: 3, outputs: 10, axes: square({ x: 32, w: 8, stride: 8 }) },
      'one row': { inputs: 4, outputs: 6, axes: [{ x: 1, w: 1 }, { x: 40, w: 3 }] },
      'one column': { inputs: 4, outputs: 6, axes: [{ x: 40, w: 3 }, { x: 1, w: 1 }] },
      'wide image, uint8': { inputs: 2, outputs: 2, axes: square({ x: 70, w: 3 }), dtype: 'uint8' },
      'rows of an outermost axis': { inputs: 2, outputs: 2, axes: [{ x: 5, w: 2, stride: 2 }, ...square({ x: 9, w: 3, before: 1, after: 1 })] },
      'an image in bands': { batch: 1, inputs: 20, outputs: 7, axes: square({ x: 121, w: 4, before: 1, after: 2 }) },
      'tiles of 2x2, fewest': { batch: 2, inputs: 5, outputs: 7, axes: square({ x: 7, w: 3, before: 1, after: 1 }) },
      'weights too many for few tiles': { batch: 1, inputs: 513, outputs: 260, axes: square({ x: 8, w: 3, before: 1, after: 1 }) },
      'tiles of 2x2, one column and row': { inputs: 8, outputs: 17, axes: square({ x: 13, w: 3 }) },
      'tiles of 2x2, even': { batch: 5, inputs: 16, outputs: 8, axes: square({ x: 12, w: 3, before: 1, after: 1 }) },
      'tiles of 2x2, of images as they lie': { batch: 3, inputs: 9, outputs: 16, axes: [{ x: 16, w: 3 }, { x: 14, w: 3 }] },
      'tiles of 2x2, no image': { batch: 0, inputs: 16, outputs: 9, axes: square({ x: 14, w: 3, before: 1, after: 1 }) },
      'tiles of 2x2, padded on one side': { inputs: 16, outputs: 24, axes: [{ x: 12, w: 3, before: 0, after: 4 }, { x: 13, w: 3, before: 5, after: 0 }] },
      'tiles of 2x2, in bands': { batch: 2, inputs: 40, outputs: 9, axes: [{ x: 29, w: 3, before: 1, after: 1 }, { x: 58, w: 3, before: 1, after: 1 }] },
      'tiles of 2x2, a row each': { batch: 1, inputs: 70, outputs: 8, axes: [{ x: 21, w: 3, before: 1, after: 1 }, { x: 60, w: 3 }] },
      'planes a page apart': { groups: 2, inputs: 9, outputs: 11, axes: [{ x: 16, w: 1 }, { x: 64, w: 1 }] },
      'planes a page apart, one axis': { inputs: 10, outputs: 9, axes: [{ x: 1024, w: 1 }] },
      'planes a page apart, three axes': { inputs: 9, outputs: 10, axes: [{ x: 4, w: 1 }, ...square({ x: 16, w: 1 })] },
      'planes a page apart, rows too': { inputs: 9, outputs: 12, axes: [{ x: 2, w: 1 }, { x: 1024, w: 1 }] },
      'planes a page apart, stride 2': { inputs: 9, outputs: 9, axes: [{ x: 64, w: 1, stride: 2 }, { x: 128, w: 1, stride: 2 }] },
      'planes a page apart, float64': { inputs: 10, outputs: 9, axes: [{ x: 1, w: 1 }, { x: 512, w: 1 }], dtype: 'float64' },
      'no input channels': { inputs: 0, outputs: 3, axes: square({ x: 5, w: 2 }) },
      'no output channels': { inputs: 3, outputs: 0, axes: square({ x: 5, w: 2 }) },
    } satisfies Readonly<Record<string, Spec>>), // biome-ignore format: a table
  )('is exact on whole numbers: %s', (name, spec) => {
    const convolution = new Convolution(role, spec, true);
    expect(convolution.tiled).toBe(name.startsWith('tiles'));
    for (const features of [strict, fused]) expect(convolution.run(features, odd)).toEqual(convolution.expected());
  });
});

describe('planes of an image', () => {
  /** Bytes of a copy of an image. */
  const copied = (spec: Spec, role: Role = 'forward'): number => {
    const { kernel, geometry } = new Convolution(role, spec);
    const image = role === 'weightGradient' ? 2 : 1;
    return planOf(kernel, arithmeticOf(kernel.dtype, strict), image, correlationOf(kernel, geometry)).room;
  };
  const spec = { inputs: 16, outputs: 12, axes: square({ x: 32, w: 1 }) };

  it('are brought together where they lie pages apart', () => {
    expect(copied(spec)).toBeGreaterThan(16 * 4096);
    expect(copied(spec, 'inputGradient')).toBeGreaterThan(12 * 4096);
    // Side by side, those of a single row would be as far apart as before.
    expect(copied({ ...spec, axes: [{ x: 1024, w: 1 }] }) - copied(spec)).toBe(16 * 64);
    expect(copied({ ...spec, axes: [{ x: 512, w: 1 }], dtype: 'float64' })).toBeGreaterThan(16 * 4096);
    expect(copied({ ...spec, outputs: 9 })).toBe(copied(spec));
  });

  it.each<[string, Partial<Spec>]>([
    ['don’t', { axes: [{ x: 32, w: 1 }, { x: 33, w: 1 }] }],
    ['are as few as the ways of a cache', { inputs: 8 }],
    ['serve one block of channels', { outputs: 8 }],
    ['are read at several places', { axes: square({ x: 32, w: 3, dilation: 2 }) }],
  ])('are read as they lie where they %s', (_, changes) => {
    expect(copied({ ...spec, ...changes })).toBe(0);
  }); // biome-ignore format: a table

  it('are read as they lie for the weight’s gradient, a few at a time', () => {
    expect(copied(spec, 'weightGradient')).toBe(0);
  });
});

describe('tiles of 2x2', () => {
  const spec = { batch: 3, inputs: 24, outputs: 19, axes: [{ x: 14, w: 3, before: 1, after: 1 }, { x: 17, w: 3 }] }; // biome-ignore format: a table

  it.each(roles)('%s: rounds no worse than the plain sums do', (role) => {
    const exact = new Float64Array(new Convolution(role, { ...spec, dtype: 'float64' }).expected().buffer);
    const distance = (bytes: Uint8Array): number =>
      Math.hypot(...new Float32Array(bytes.buffer, bytes.byteOffset, exact.length).map((x, i) => x - exact[i]!));
    const convolution = new Convolution(role, spec);
    const size = Math.hypot(...exact);
    const roundedInputs = 2 ** -24;
    for (const features of [strict, fused])
      expect(distance(convolution.run(features, whole)) / size).toBeLessThan(8 * roundedInputs);
  });

  it.each(roles)('%s: what is infinite spoils no more than what it touches', (role) => {
    const convolution = new Convolution(role, spec, false, undefined, 1234);
    expect(convolution.tiled).toBe(true);
    const finite = (bytes: Uint8Array): boolean[] =>
      Array.from(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), Number.isFinite);
    const expected = finite(convolution.expected());
    expect(new Set(expected).size).toBe(2);
    expect(finite(convolution.run(fused, whole))).toEqual(expected);
  });
});

describe('epilogue', () => {
  const sum = (dtype: DType): Expression => add(input(0, dtypes[dtype].scalar), input(1, dtypes[dtype].scalar));
  const spec = { inputs: 2, axes: square({ x: 9, w: 3, before: 1, after: 1 }) };
  for (const dtype of ['float32', 'float64', 'int32', 'uint8'] as const)
    for (const outputs of [2, 5, 16])
      it(`bias, scalar and position, ${outputs} channels of ${dtype}`, () => {
        const type = dtypes[dtype].scalar;
        const epilogue = add(mul(max(sum(dtype), same(9, sum(dtype))), scalar(0, type)), cast(coordinate, type));
        const convolution = new Convolution('forward', { ...spec, outputs, dtype, groups: 2 }, true, epilogue);
        expect(convolution.run(fused, odd)).toEqual(convolution.expected());
      });

  it.each([
    ['bias and position', add(sum('float32'), cast(coordinate, 'f32'))],
    ['bias and bound', max(sum('float32'), same(9, sum('float32')))],
    ['bias twice', mul(sum('float32'), input(1, 'f32'))],
  ])('on tiles of 2x2: %s', (_, epilogue) => {
    const axes = [{ x: 11, w: 3, before: 1, after: 1 }, { x: 13, w: 3, before: 1, after: 1 }]; // biome-ignore format: a table
    const convolution = new Convolution('forward', { inputs: 11, outputs: 13, axes }, true, epilogue);
    expect(convolution.run(fused, odd)).toEqual(convolution.expected());
  });
});
