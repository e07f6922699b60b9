/** Backends with one mistake each, of the kinds that are made in practice, and the cases that must find it. */
import {
  add, apply, type Backend, type DType, type Expression, expand, floor, IndexError, type Kernel, type Launch, less, lessEqual, mul, rewrite, same,
  select, sub, withArguments,
} from '@nn/backend'; // biome-ignore format: one list
import { inHalves } from './broken-half.ts';
import { wrapped } from './wrapped.ts';

export interface Broken {
  readonly name: string;
  /** For each of these names some of the cases that have it must fail. */
  readonly seenBy: readonly string[];
  readonly create: () => Backend;
}

/** Compiles another kernel than it was asked for. */
const kernels = (name: string, seenBy: readonly string[], change: (kernel: Kernel) => Kernel): Broken => ({
  name,
  seenBy,
  create: () => wrapped((inner) => ({ compile: (kernel) => inner.compile(change(kernel)) })),
});

/** Runs something around, before or instead of each launch. */
const runs = (name: string, seenBy: readonly string[], run: (inner: Backend, launch: Launch) => void): Broken => ({
  name,
  seenBy,
  create: () => wrapped((inner) => ({ run: (launch) => run(inner, launch) })),
});

/** Replaces a row in the expressions of maps and the bodies of reductions; null leaves the node. */
function rows(
  name: string,
  seenBy: readonly string[],
  change: (node: Expression, args: readonly Expression[]) => Expression | null,
): Broken {
  const everywhere = (expression: Expression): Expression =>
    rewrite(expand(expression), (node, args) => change(node, args) ?? withArguments(node, args));
  return kernels(name, seenBy, (kernel) => {
    if (kernel.kind === 'reduce') return { ...kernel, body: everywhere(kernel.body) };
    if (kernel.kind !== 'map') return kernel;
    return {
      ...kernel,
      outputs: kernel.outputs.map((output) => ({ ...output, expression: everywhere(output.expression) })),
    };
  });
}

/** Runs the launch with other numbers in its geometry. */
function reshaped(inner: Backend, launch: Launch, change: Partial<NonNullable<Launch['geometry']>>): void {
  const { geometry } = launch;
  launch.geometry = { ...geometry!, ...change };
  inner.run(launch);
  launch.geometry = geometry;
}

const kindOf = (launch: Launch): Kernel['kind'] => launch.program!.kernel.kind;

function outputDtype(kernel: Kernel): DType {
  switch (kernel.kind) {
    case 'map':
    case 'rows':
      return kernel.outputs[0]!.dtype;
    case 'reduce':
    case 'scan':
      return kernel.output.dtype;
    case 'sort':
      return kernel.input.dtype;
    default:
      return kernel.dtype;
  }
}

const inScalarLanguage: readonly Broken[] = [
  rows('max that drops NaN', ['scalar: max f32'], (node, [x, y]) =>
    node.op === 'max' && node.type === 'f32' ? select(less(x!, y!), y!, x!) : null,
  ),
  rows('exp that is four units off', ['scalar: exp f32', 'scalar: sigmoid f32'], (node, args) =>
    node.op === 'exp' ? mul(withArguments(node, args), same(1 + 2 ** -21, node)) : null,
  ),
  rows('a quotient by a reciprocal', ['scalar: div f32', 'scalar: div f64'], (node, [x, y]) =>
    node.op === 'div' && node.type.startsWith('f') ? mul(x!, apply('div', same(1, x!), y!)) : null,
  ),
  rows('round that takes halves up', ['scalar: round f32'], (node, [x]) =>
    node.op === 'round' ? floor(add(x!, same(0.5, x!))) : null,
  ),
  rows('less that is lessEqual', ['scalar: less f32', 'scalar: less i32', 'scalar: less bool'], (node, [x, y]) =>
    node.op === 'less' ? lessEqual(x!, y!) : null,
  ),
  rows('integers that are multiplied as floats', ['scalar: mul i32'], (node, [x, y]) =>
    node.op === 'mul' && node.type === 'i32' ? castThrough('f32', x!, y!) : null,
  ),
  rows('neg that is 0 - x', ['scalar: sign of zero: neg f32'], (node, [x]) =>
    node.op === 'neg' ? sub(same(0, x!), x!) : null,
  ),
  rows('casts that round', ['scalar: cast f32 to i32'], (node, [x]) =>
    node.op === 'cast' && node.type === 'i32' && x!.type === 'f32' ? withArguments(node, [apply('round', x!)]) : null,
  ),
  rows('coordinates that count from one', ['map: coordinate', 'reduce: coordinate'], (node) =>
    node.op === 'coordinate' ? add(node, same(1, node)) : null,
  ),
];

function castThrough(type: 'f32', x: Expression, y: Expression): Expression {
  const cast = (node: Expression, to: Expression['type']): Expression =>
    withArguments({ ...castOf(to), args: [] }, [node]);
  return cast(mul(cast(x, type), cast(y, type)), 'i32');
}

/** A cast without its argument, to be given one. */
const castOf = (type: Expression['type']): Expression => ({ op: 'cast', type, args: [], value: 0, id: -1 });

const inKernels: readonly Broken[] = [
  kernels('sort that always ascends', ['sort: '], (kernel) =>
    kernel.kind === 'sort' ? { ...kernel, descending: false } : kernel,
  ),
  kernels('scan that never turns around', ['scan: '], (kernel) =>
    kernel.kind === 'scan' ? { ...kernel, reverse: false } : kernel,
  ),
  kernels('scatter that replaces', ['indexed: scatter'], (kernel) =>
    kernel.kind === 'scatter' ? { ...kernel, combine: 'replace' } : kernel,
  ),
  kernels('argmax that is argmin', ['reduce: argmax'], (kernel) =>
    kernel.kind === 'reduce' && kernel.combine === 'argmax' ? { ...kernel, combine: 'argmin' } : kernel,
  ),
  kernels('outputs that swap without reading first', ['map: two tensors swapped in place'], (kernel) =>
    kernel.kind === 'map' && kernel.outputs.length === 2
      ? {
          ...kernel,
          outputs: kernel.outputs.map((output, j) =>
            j === 1 ? { ...output, expression: kernel.outputs[0]!.expression } : output,
          ),
        }
      : kernel,
  ),
];

const inLaunches: readonly Broken[] = [
  runs(
    'operands that start at 0',
    ['map: ', 'reduce: ', 'indexed: ', 'matmul: ', 'conv: ', 'scan: ', 'sort: ', 'rows: '],
    (inner, launch) => {
      const offsets = [...launch.offsets];
      launch.offsets.fill(0);
      inner.run(launch);
      launch.offsets.splice(0, offsets.length, ...offsets);
    },
  ),
  runs(
    'run-time scalars that are always 1',
    ['map: run-time', 'reduce: scalars', 'matmul: scalars', 'rows: layer'],
    (inner, launch) => {
      const { scalars } = launch;
      launch.scalars = scalars.map(() => 1);
      inner.run(launch);
      launch.scalars = scalars;
    },
  ),
  runs('nothing done for the last column', ['map: ', 'reduce: ', 'scan: ', 'rows: ', 'sort: '], (inner, launch) => {
    const { sizes } = launch.geometry!;
    const last = sizes.at(-1) ?? 0;
    if (last < 2 || kindOf(launch) === 'conv') inner.run(launch);
    else reshaped(inner, launch, { sizes: sizes.with(-1, last - 1) });
  }),
  runs('equal padding at both ends', ['conv: '], (inner, launch) => {
    const { extents } = launch.geometry!;
    const equal = (n: number, i: number): number => (i % 4 === 2 ? Math.min(n, extents[i + 1]!) : n);
    reshaped(inner, launch, { extents: kindOf(launch) === 'conv' ? extents.map(equal) : extents });
  }),
  runs('the extreme’s last position', ['reduce: argmax'], (inner, launch) => {
    inner.run(launch);
    const { kernel } = launch.program!;
    if (kernel.kind !== 'reduce' || kernel.combine !== 'argmax' || kernel.rank > 0 || launch.geometry!.sizes[0] !== 5)
      return;
    const [first] = inner.readSync!(launch.blocks[0]!, launch.offsets[0]!, 'int64', 1);
    const row = inner.readSync!(launch.blocks[1]!, launch.offsets[1]!, kernel.inputs[0]!.dtype, 5);
    inner.write(launch.blocks[0]!, launch.offsets[0]!, 'int64', Int32Array.of(row.lastIndexOf(row[first!]!)));
  }),
  runs('indices out of range that are ignored', ['indexed: '], (inner, launch) => {
    try {
      inner.run(launch);
    } catch (error) {
      if (!(error instanceof IndexError)) throw error;
    }
  }),
  runs(
    'writing behind the end',
    ['map: ', 'reduce: ', 'scan: ', 'sort: ', 'rows: ', 'matmul: ', 'conv: ', 'indexed: '],
    (inner, launch) => {
      inner.run(launch);
      const [block] = launch.blocks;
      const dtype = outputDtype(launch.program!.kernel);
      const n = Math.floor(block!.bytes / inner.bytesPerElement(dtype));
      inner.write(
        block!,
        n - 1,
        dtype,
        inner.readSync!(block!, n - 2, dtype, 1).map((x) => x ^ 1),
      );
    },
  ),
  runs('sums whose order depends on where the operand starts', ['reduce: order'], (inner, launch) => {
    inner.run(launch);
    const { kernel } = launch.program!;
    if (kernel.kind !== 'reduce' || launch.offsets[1] !== 5) return;
    const [x] = inner.readSync!(launch.blocks[0]!, launch.offsets[0]!, 'float32', 1);
    inner.write(launch.blocks[0]!, launch.offsets[0]!, 'float32', Float32Array.of(x! * (1 + 2 ** -23)));
  }),
  runs('a product whose order depends on m', ['matmul: order'], (inner, launch) => {
    inner.run(launch);
    const { kernel } = launch.program!;
    if (kernel.kind !== 'matmul' || launch.geometry!.sizes[0]! < 33) return;
    const [x] = inner.readSync!(launch.blocks[0]!, launch.offsets[0]!, 'float32', 1);
    inner.write(launch.blocks[0]!, launch.offsets[0]!, 'float32', Float32Array.of(x! * (1 + 2 ** -23)));
  }),
];

/** Delays what `act` stands for until something is read. */
const delayed = (name: string, act: 'run' | 'write'): Broken => ({
  name,
  seenBy: ['memory: '],
  create: () =>
    wrapped((inner) => {
      const waiting: (() => void)[] = [];
      const flush = (): void => {
        for (const one of waiting.splice(0)) one();
      };
      return {
        run: (launch) => {
          if (act === 'write') flush();
          if (act === 'run') waiting.push(() => inner.run(launch));
          else inner.run(launch);
        },
        write: (...args) => {
          if (act === 'write') waiting.push(() => inner.write(...args));
          else inner.write(...args);
        },
        read: (...args) => {
          flush();
          return inner.read(...args);
        },
      };
    }),
});

const inMemory: readonly Broken[] = [
  delayed('launches that are read only when they are due', 'run'),
  delayed('writes that keep the array instead of its contents', 'write'),
  {
    name: 'a backend that goes on after its end',
    seenBy: ['memory: after the end'],
    create: () => wrapped(() => ({ dispose: () => {} })),
  },
  {
    name: 'blocks that are handed out twice',
    seenBy: ['memory: blocks'],
    create: () =>
      wrapped((inner) => {
        const again = inner.allocate(1024);
        return { allocate: (bytes) => (bytes > 400 && bytes < 800 ? again : inner.allocate(bytes)) };
      }),
  },
  {
    name: 'reads that give the memory itself',
    seenBy: ['memory: float32'],
    create: () =>
      wrapped((inner) => {
        const known = new Map<unknown, Float32Array>();
        const read: Backend['read'] = async (block, offset, dtype, length) => {
          const found = await inner.read(block, offset, dtype, length);
          if (dtype !== 'float32' || offset !== 0) return found;
          const kept = known.get(block) ?? (found as Float32Array);
          known.set(block, kept);
          return kept;
        };
        return { read };
      }),
  },
];

export const brokenBackends: readonly Broken[] = [
  ...inScalarLanguage,
  ...inKernels,
  ...inLaunches,
  ...inMemory,
  ...inHalves,
];
