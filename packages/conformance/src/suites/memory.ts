/** Memory and life of a backend: writing and reading, blocks that don't touch each other, launches that are used again, the end. */
import {
  add,
  type Backend,
  BackendError,
  cast,
  type DataArray,
  type DType,
  dtypes,
  input,
  Launch,
  type MapKernel,
} from '@nn/backend';
import type { Case, Subject, Suite } from '../case.ts';
import { check, compare, compareBits } from '../launch/compare.ts';
import { execute, type LaunchCase, Prepared } from '../launch/launch-case.ts';
import { footprint, operandOver } from '../launch/operands.ts';
import { wholeNumbers } from '../launch/random.ts';

export const memorySuite: Suite = (subject) => [
  ...subject.backend.dtypes.flatMap((dtype) => dtypeCases(subject.backend, dtype)),
  ...blockCases(subject.backend),
  ...launchCases(subject),
  ...endCases(subject),
];

function dtypeCases(backend: Backend, dtype: DType): Case[] {
  const bytes = backend.bytesPerElement(dtype);
  const n = 67;
  return [
    {
      name: `${dtype}: what is written is read`,
      run: async () => {
        check(Number.isInteger(bytes) && bytes > 0, `an element takes ${bytes} bytes`);
        const block = backend.allocate(n * bytes);
        check(block.bytes >= n * bytes, `a block of ${block.bytes} bytes instead of ${n * bytes}`);
        const data = wholeNumbers(dtype, n, 1, 100);
        backend.write(block, 0, dtype, data);
        const before = data.slice();
        // The backend has taken what it needs.
        data.fill(0);
        const found = await backend.read(block, 0, dtype, n);
        check(found instanceof dtypes[dtype].array, `read as ${found.constructor.name}`);
        compareBits('whole', found, before);
        compareBits('a part', await backend.read(block, 5, dtype, 9), before.slice(5, 14));
        compareBits('the last', await backend.read(block, n - 1, dtype, 1), before.slice(n - 1));
        backend.free(block);
      },
    },
    {
      name: `${dtype}: a part is written, the rest stays`,
      run: async () => {
        const block = backend.allocate(n * bytes);
        const expected = wholeNumbers(dtype, n, 2, 100);
        backend.write(block, 0, dtype, expected);
        for (const [offset, length] of [
          [3, 5],
          [1, 1],
          [20, 33],
          [n - 2, 2],
          [7, 0],
          [n, 0],
        ] as const) {
          const data = wholeNumbers(dtype, length, offset, 100);
          backend.write(block, offset, dtype, data);
          expected.set(data, offset);
        }
        compareBits('after writing parts', await backend.read(block, 0, dtype, n), expected);
        compare('nothing', await backend.read(block, 4, dtype, 0), []);
        backend.free(block);
      },
    },
    {
      name: `${dtype}: what is read is a copy`,
      run: async () => {
        const block = backend.allocate(n * bytes);
        const data = wholeNumbers(dtype, n, 3, 100);
        backend.write(block, 0, dtype, data);
        const first = await backend.read(block, 0, dtype, n);
        first.fill(0);
        compareBits('read again', await backend.read(block, 0, dtype, n), data);
        if (backend.readSync !== undefined) {
          compareBits('without waiting', backend.readSync(block, 0, dtype, n), data);
          compareBits('a part without waiting', backend.readSync(block, 6, dtype, 3), data.slice(6, 9));
        }
        backend.free(block);
      },
    },
  ];
}

function blockCases(backend: Backend): Case[] {
  const filled = (n: number, value: number): Float32Array => new Float32Array(n).fill(value);
  return [
    {
      name: 'blocks don’t touch each other',
      run: async () => {
        const bytes = backend.bytesPerElement('float32');
        const lengths = Array.from({ length: 200 }, (_, i) => 1 + ((i * 37) % 301));
        const make = (
          length: number,
          value: number,
        ): { length: number; value: number; block: ReturnType<Backend['allocate']> } => {
          const block = backend.allocate(length * bytes);
          backend.write(block, 0, 'float32', filled(length, value));
          return { length, value, block };
        };
        let live = lengths.map(make);
        // Every third goes, others take the room.
        for (const { block } of live.filter((_, i) => i % 3 === 0)) backend.free(block);
        live = [...live.filter((_, i) => i % 3 !== 0), ...lengths.map((length, i) => make(length + 1, 1000 + i))];
        for (const { length, value, block } of live) {
          compare(`block of ${length}`, await backend.read(block, 0, 'float32', length), filled(length, value));
          backend.free(block);
        }
      },
    },
    {
      name: 'a block of nothing and one of 16 MB',
      run: async () => {
        const nothing = backend.allocate(0);
        compare('nothing', await backend.read(nothing, 0, 'float32', 0), []);
        const n = 2 ** 22;
        const block = backend.allocate(n * backend.bytesPerElement('float32'));
        backend.write(block, n - 3, 'float32', Float32Array.of(1, 2, 3));
        compare('at the end', await backend.read(block, n - 3, 'float32', 3), [1, 2, 3]);
        backend.free(nothing);
        backend.free(block);
      },
    },
    {
      name: 'properties',
      run: () => {
        check(backend.name.length > 0, 'it has no name');
        check(backend.dtypes.includes('float32'), 'it lacks float32');
        check(backend.maxOperands >= 8, () => `a launch takes ${backend.maxOperands} operands, fewer than 8`);
        check(backend.slotsPerBlock >= 1, () => `${backend.slotsPerBlock} tensors a block`);
      },
    },
  ];
}

/** out = a + b over n elements. */
function sumCase(n: number, seed: number): LaunchCase {
  const sizes = [n];
  const operand = (own: number): LaunchCase['inputs'][number] =>
    operandOver(sizes, 'float32', 'dense', (dtype, length) => wholeNumbers(dtype, length, own, 50));
  const inputs = [operand(seed), operand(seed + 1)];
  const kernel: MapKernel = {
    kind: 'map',
    rank: 1,
    inputs: inputs.map(({ dtype, access }) => ({ dtype, access })),
    outputs: [
      { dtype: 'float32', access: 'contiguous', expression: add(input(0, 'f32'), input(1, 'f32')), overwrites: -1 },
    ],
    scalars: 0,
  };
  return { name: '', kernel, sizes, inputs, outputs: [operandOver(sizes, 'float32', 'dense', footprint)] };
}

const sumOf = ({ inputs: [a, b], sizes }: LaunchCase): number[] =>
  Array.from({ length: sizes[0]! }, (_, i) => a!.memory[i]! + b!.memory[i]!);

function launchCases({ backend, create }: Subject): Case[] {
  return [
    {
      name: 'launches in a row see each other’s results',
      run: async () => {
        const launchCase = sumCase(33, 1);
        const prepared = new Prepared(backend, launchCase);
        const { launch } = prepared;
        const [out, a] = [launch.blocks[0]!, launch.blocks[1]!];
        for (let i = 0; i < 50; i++) {
          prepared.run();
          // The result becomes the first operand of the next run; the launch object is filled again at once.
          launch.blocks[0] = i % 2 === 0 ? a : out;
          launch.blocks[1] = i % 2 === 0 ? out : a;
        }
        const [x, y] = launchCase.inputs.map(({ memory }) => memory) as [DataArray, DataArray];
        const expected = Array.from({ length: 33 }, (_, i) => x[i]! + 50 * y[i]!);
        const found = await backend.read(launch.blocks[1]!, 0, 'float32', 33);
        compare('after 50 sums', found, expected);
        launch.blocks[0] = out;
        prepared.free();
      },
    },
    {
      name: 'a launch object may change as soon as it ran',
      run: async () => {
        const first = new Prepared(backend, sumCase(20, 3));
        first.run();
        const { launch } = first;
        const [out] = launch.blocks;
        const { program, geometry } = launch;
        launch.blocks.fill(null);
        launch.offsets.fill(1e9);
        launch.program = null;
        launch.geometry = null;
        const found = await backend.read(out!, 0, 'float32', 20);
        compare('sum', found, sumOf(sumCase(20, 3)));
        launch.program = program;
        launch.geometry = geometry;
        first.free();
      },
    },
    ...(backend.slotsPerBlock > 1 ? [sharedBlockCase(backend)] : []),
    {
      name: 'run-time numbers beyond the kernel’s are passed over',
      run: async () => {
        const launchCase = { ...sumCase(20, 5), scalars: [7, 8, 9] };
        const [found] = await execute(backend, launchCase);
        compare('sum', found!.slice(0, 20), sumOf(launchCase));
      },
    },
    {
      name: 'one kernel is compiled for all sizes',
      run: async () => {
        for (const n of [5, 1, 64, 1000, 0, 5]) {
          const launchCase = sumCase(n, n);
          const prepared = new Prepared(backend, launchCase);
          prepared.run();
          const [result] = await prepared.read();
          compare(`${n} elements`, result!.slice(0, n), sumOf(launchCase));
          prepared.free();
        }
      },
    },
    {
      name: 'two backends side by side',
      run: async () => {
        const other = await create();
        const prepared = [backend, other].map((own, i) => new Prepared(own, sumCase(40, i)));
        for (const { run } of prepared.map((own) => ({ run: () => own.run() }))) run();
        for (const [i, own] of prepared.entries()) {
          const [result] = await own.read();
          compare(`backend ${i}`, result!.slice(0, 40), sumOf(sumCase(40, i)));
          own.free();
        }
        other.dispose();
      },
    },
  ];
}

/** Tensors of several dtypes in one block, which one launch reads and writes. */
function sharedBlockCase(backend: Backend): Case {
  return {
    name: 'operands that share a block',
    run: async () => {
      const n = 37;
      const slot = 256;
      const block = backend.allocate(3 * slot);
      const dtype = backend.dtypes.includes('uint8') ? 'uint8' : 'float32';
      const at = (number: number, own: DType): number => (number * slot) / backend.bytesPerElement(own);
      const [a, b] = [wholeNumbers('float32', n, 1, 20).map(Math.abs), wholeNumbers(dtype, n, 2, 20)];
      backend.write(block, at(0, 'float32'), 'float32', a);
      backend.write(block, at(1, dtype), dtype, b);
      const inputs = [
        { dtype: 'float32', access: 'contiguous' },
        { dtype, access: 'contiguous' },
      ] as const;
      const expression = add(input(0, 'f32'), cast(input(1, dtypes[dtype].scalar), 'f32'));
      const launch = new Launch();
      launch.program = backend.compile({
        kind: 'map',
        rank: 1,
        inputs,
        outputs: [{ dtype: 'float32', access: 'contiguous', expression, overwrites: -1 }],
        scalars: 0,
      });
      launch.geometry = { sizes: [n], strides: [[1], [1], [1]], extents: [] };
      launch.count = 3;
      launch.blocks.push(block, block, block);
      launch.offsets.push(at(2, 'float32'), at(0, 'float32'), at(1, dtype));
      backend.run(launch);
      const sums = Array.from({ length: n }, (_, i) => a[i]! + b[i]!);
      compare('sum', await backend.read(block, at(2, 'float32'), 'float32', n), sums);
      compare('first operand', await backend.read(block, at(0, 'float32'), 'float32', n), a);
      compare('second operand', await backend.read(block, at(1, dtype), dtype, n), b);
      backend.free(block);
    },
  };
}

/** After the end everything is refused, and twice ended is no more than once. */
function endCases({ create }: Subject): Case[] {
  const ended = async (act: (backend: Backend, prepared: Prepared) => unknown): Promise<void> => {
    const backend = await create();
    const prepared = new Prepared(backend, sumCase(4, 1));
    prepared.run();
    backend.dispose();
    const error = await (async () => act(backend, prepared))().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    check(error instanceof BackendError, () => `ended with ${error ?? 'no error'}, should throw a BackendError`);
  };
  return [
    { name: 'after the end: run', run: () => ended((_, prepared) => prepared.run()) },
    { name: 'after the end: read', run: () => ended((_, prepared) => prepared.read()) },
    { name: 'after the end: allocate', run: () => ended((backend) => backend.allocate(64)) },
    { name: 'after the end: compile', run: () => ended((backend) => backend.compile(sumCase(4, 1).kernel)) },
    {
      name: 'after the end: write',
      run: () => ended((backend, { launch }) => backend.write(launch.blocks[0]!, 0, 'float32', new Float32Array(1))),
    },
    {
      name: 'ending it twice',
      run: async () => {
        const backend = await create();
        backend.dispose();
        backend.dispose();
      },
    },
  ];
}
