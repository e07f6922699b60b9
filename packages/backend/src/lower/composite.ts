/**
 * Fallbacks for backends that take the required kinds alone: any other kernel by a recipe of those. Recipes are made once a geometry and kept as long as it lives.
 */
import { type Backend, type Block, type Geometry, Launch, type Program } from '../backend.ts';
import { CompositeProgram, compileFor, runLaunch } from '../compile.ts';
import type { Kernel } from '../kernel.ts';
import { lowerConv } from './conv.ts';
import { lowerMatmul } from './matmul.ts';
import type { Recipe, View } from './recipe.ts';
import { lowerRows } from './rows.ts';
import { lowerScan } from './scan.ts';
import { lowerSort } from './sort.ts';
import { partsOf, splitMap } from './split.ts';

class LoweredProgram extends CompositeProgram {
  readonly #lower: (geometry: Geometry) => Recipe;
  readonly #recipes = new WeakMap<Geometry, { readonly recipe: Recipe; readonly programs: readonly Program[] }>();

  constructor(kernel: Kernel, recipe: (geometry: Geometry) => Recipe) {
    super(kernel);
    this.#lower = recipe;
  }

  override run(backend: Backend, launch: Launch): void {
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
 * A kernel in terms of map, reduce, gather and scatter, and a map with more operands than a launch has as several; null where that can't be done. A backend that declines
 * kernels has this for its `lower`.
 */
export function lower(kernel: Kernel, maxOperands: number): Program | null {
  const recipe = recipeOf(kernel, maxOperands);
  return recipe === null ? null : new LoweredProgram(kernel, recipe);
}

/** How the kernel is said in smaller or required ones; null where it can't be. */
function recipeOf(kernel: Kernel, maxOperands: number): ((geometry: Geometry) => Recipe) | null {
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
