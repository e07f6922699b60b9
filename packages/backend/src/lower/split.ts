/**
 * A `map` of more operands than a backend takes becomes several of fewer outputs each. An output that replaces an input which a later part
 * still reads waits in a temporary.
 */
import type { Geometry } from '../backend.ts';
import { dtypes } from '../dtype.ts';
import type { MapKernel, MapOutput, Operand } from '../kernel.ts';
import { input, inputsOf, substituteInputs } from '../scalar/expression.ts';
import { Recipe, type View } from './recipe.ts';

/** Some outputs of the kernel, by index, and the inputs that they read. */
interface Part {
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

/** The fewest parts that a greedy walk over the outputs finds; null where one output alone is too much. */
export function partsOf(kernel: MapKernel, maxOperands: number): readonly Part[] | null {
  const parts: Part[] = [];
  for (const [j, { expression }] of kernel.outputs.entries()) {
    const last = parts.at(-1);
    if (last !== undefined) {
      const outputs = [...last.outputs, j];
      const inputs = inputsOf(...outputs.map((o) => kernel.outputs[o]!.expression));
      if (outputs.length + new Set(inputs).size <= maxOperands) {
        parts[parts.length - 1] = { outputs, inputs };
        continue;
      }
    }
    const inputs = inputsOf(expression);
    if (1 + inputs.length > maxOperands) return null;
    parts.push({ outputs: [j], inputs });
  }
  return parts;
}

export function splitMap(kernel: MapKernel, { sizes, strides }: Geometry, parts: readonly Part[]): Recipe {
  const recipe = new Recipe(kernel.scalars);
  const first = kernel.outputs.length;
  const view = (operand: number, { dtype, access }: Operand): View => ({
    source: { operand },
    dtype,
    access,
    offset: 0,
    strides: strides[operand]!,
  });
  const waiting: { readonly target: View; readonly temporary: View }[] = [];
  for (const [number, part] of parts.entries()) {
    const readLater = new Set(parts.slice(number + 1).flatMap(({ inputs }) => inputs));
    const replacements = part.inputs.reduce<ReturnType<typeof input>[]>((found, i, position) => {
      found[i] = input(position, dtypes[kernel.inputs[i]!.dtype].scalar);
      return found;
    }, []);
    const targetOf = (j: number, output: MapOutput): { view: View; overwrites: number } => {
      const target = view(j, output);
      if (!readLater.has(output.overwrites))
        return { view: target, overwrites: part.inputs.indexOf(output.overwrites) };
      const temporary = recipe.temporary(output.dtype, sizes);
      waiting.push({ target, temporary });
      return { view: temporary, overwrites: -1 };
    };
    const targets = part.outputs.map((j) => {
      const output = kernel.outputs[j]!;
      return { ...targetOf(j, output), expression: substituteInputs(output.expression, replacements) };
    });
    recipe.map(
      sizes,
      targets,
      part.inputs.map((i) => view(first + i, kernel.inputs[i]!)),
    );
  }
  for (const { target, temporary } of waiting) recipe.copy(sizes, target, temporary);
  return recipe;
}
