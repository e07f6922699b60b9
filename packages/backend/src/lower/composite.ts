/**
 * Any kernel on any backend: natively where the backend takes it, else by a recipe of required kinds. This is why an optional kind is only ever an
 * optimisation. Recipes are made once a geometry and kept as long as it lives.
 */
import { type Backend, type Block, type Geometry, Launch, type Program } from '../backend.ts';
import type { DType } from '../dtype.ts';
import { BackendError } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import { lowerConv } from './conv.ts';
import { lowerMatmul } from './matmul.ts';
import type { Recipe, View } from './recipe.ts';
import { lowerRows } from './rows.ts';
import { lowerScan } from './scan.ts';
import { lowerSort } from './sort.ts';
import { partsOf, splitMap } from './split.ts';

/** A kernel that runs as several launches. */
export class CompositeProgram implements Program {
  readonly kernel: Kernel;
  readonly #lower: (geometry: Geometry) => Recipe;
  readonly #recipes = new WeakMap<Geometry, { readonly recipe: Recipe; readonly programs: readonly Program[] }>();

  constructor(kernel: Kernel, lower: (geometry: Geometry) => Recipe) {
    this.kernel = kernel;
    this.#lower = lower;
  }

  /** Runs a launch of this program on the backend for which it was compiled. */
  run(backend: Backend, launch: Launch): void {
    const { recipe, programs } = this.#prepare(backend, launch.geometry!);
    const blocks: Block[] = [];
    try {
      for (const { dtype, length } of recipe.temporaries)
        blocks.push(backend.allocate(length * backend.bytesPerElement(dtype)));
      for (const [i, { geometry, views }] of recipe.steps.entries()) {
        const step = new Launch();
        step.program = programs[i]!;
        step.geometry = geometry;
        step.label = launch.label;
        step.count = views.length;
        step.scalars = launch.scalars;
        for (const view of views) bind(step, view, launch, blocks);
        runLaunch(backend, step);
      }
    } finally {
      for (const block of blocks) backend.free(block);
    }
  }

  #prepare(backend: Backend, geometry: Geometry): { recipe: Recipe; programs: readonly Program[] } {
    let prepared = this.#recipes.get(geometry);
    if (prepared === undefined) {
      const recipe = this.#lower(geometry);
      prepared = { recipe, programs: recipe.steps.map(({ kernel }) => compileFor(backend, kernel)) };
      this.#recipes.set(geometry, prepared);
    }
    return prepared;
  }
}

function bind(step: Launch, { source, offset }: View, launch: Launch, temporaries: readonly Block[]): void {
  const own = 'operand' in source;
  step.blocks.push(own ? launch.blocks[source.operand]! : temporaries[source.temporary]!);
  step.offsets.push(own ? launch.offsets[source.operand]! + offset : offset);
}

/**
 * The kernel made ready for the backend: its own program, or a composite of required kinds where it declines. Run either with `runLaunch`.
 * Throws a `BackendError` where neither is possible: a dtype that the backend lacks, or one output that reads more operands than a launch has.
 */
export function compileFor(backend: Backend, kernel: Kernel): Program {
  const { inputs, outputs } = operandsOf(kernel);
  const missing = [...outputs, ...inputs].find((dtype) => !backend.dtypes.includes(dtype));
  if (missing !== undefined)
    throw new BackendError(
      kernel.kind,
      `the ${backend.name} backend has no ${missing}, only ${backend.dtypes.join(', ')}`,
    );
  const count = inputs.length + outputs.length;
  const fits = count <= backend.maxOperands;
  if (fits && backend.supports(kernel)) return backend.compile(kernel);
  const lower = lowering(kernel, backend.maxOperands);
  if (lower !== null) return new CompositeProgram(kernel, lower);
  throw new BackendError(
    kernel.kind,
    fits
      ? `the ${backend.name} backend declines a kernel that every backend must take`
      : `the kernel has ${count} operands, the ${backend.name} backend takes ${backend.maxOperands} a launch; use fewer tensors at once`,
  );
}

/** Runs a launch whose program came from `compileFor`. */
export function runLaunch(backend: Backend, launch: Launch): void {
  const { program } = launch;
  if (program instanceof CompositeProgram) program.run(backend, launch);
  else backend.run(launch);
}

/** How the kernel is said in smaller or required ones; null where it can't be. */
function lowering(kernel: Kernel, maxOperands: number): ((geometry: Geometry) => Recipe) | null {
  switch (kernel.kind) {
    case 'map': {
      const parts = partsOf(kernel, maxOperands);
      return parts === null || parts.length < 2 ? null : (geometry) => splitMap(kernel, geometry, parts);
    }
    case 'reduce':
    case 'gather':
    case 'scatter':
      return null;
    case 'matmul':
      return (geometry) => lowerMatmul(kernel, geometry);
    case 'conv':
      return (geometry) => lowerConv(kernel, geometry);
    case 'scan':
      return (geometry) => lowerScan(kernel, geometry);
    case 'sort':
      return (geometry) => lowerSort(kernel, geometry);
    case 'rows':
      return (geometry) => lowerRows(kernel, geometry);
  }
}

/** Dtypes of the operands that a launch of the kernel has. */
export function operandsOf(kernel: Kernel): { readonly outputs: readonly DType[]; readonly inputs: readonly DType[] } {
  const dtypesOf = (operands: readonly { readonly dtype: DType }[]): DType[] => operands.map(({ dtype }) => dtype);
  switch (kernel.kind) {
    case 'map':
    case 'rows':
      return { outputs: dtypesOf(kernel.outputs), inputs: dtypesOf(kernel.inputs) };
    case 'reduce':
      return { outputs: [kernel.output.dtype], inputs: dtypesOf(kernel.inputs) };
    case 'gather':
      return { outputs: [kernel.dtype], inputs: [kernel.dtype, ...dtypesOf(kernel.indices)] };
    case 'scatter':
      return { outputs: [kernel.dtype], inputs: [kernel.dtype, ...dtypesOf(kernel.indices)] };
    case 'matmul':
      return { outputs: [kernel.dtype], inputs: [kernel.dtype, kernel.dtype, ...dtypesOf(kernel.extras)] };
    case 'conv':
      return { outputs: [kernel.dtype], inputs: Array.from({ length: kernel.bias ? 3 : 2 }, () => kernel.dtype) };
    case 'scan':
      return {
        outputs: kernel.indices ? [kernel.output.dtype, 'int64'] : [kernel.output.dtype],
        inputs: [kernel.input.dtype],
      };
    case 'sort':
      return { outputs: [kernel.input.dtype, 'int64'], inputs: [kernel.input.dtype] };
  }
}
