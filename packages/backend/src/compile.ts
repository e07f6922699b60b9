/**
 * A kernel made ready for a backend: natively where the backend takes it, else as what its `lower` makes of it. So an optional kind is only ever an
 * optimisation, and a backend that takes every kind carries no fallbacks.
 */
import type { Backend, Launch, Program } from './backend.ts';
import type { DType } from './dtype.ts';
import { BackendError } from './errors.ts';
import type { Kernel } from './kernel.ts';

/** A kernel that runs as several launches. */
export abstract class CompositeProgram implements Program {
  readonly kernel: Kernel;
  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Runs a launch of this program on the backend for which it was compiled. */
  abstract run(backend: Backend, launch: Launch): void;
}

/**
 * The kernel made ready for the backend: its own program, or a composite where it declines. Run either with `runLaunch`.
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
  const lowered = backend.lower?.(kernel, backend.maxOperands) ?? null;
  if (lowered !== null) return lowered;
  throw new BackendError(
    kernel.kind,
    fits
      ? `the ${backend.name} backend declines this kernel and has no fallback for it`
      : `the kernel has ${count} operands, the ${backend.name} backend takes ${backend.maxOperands} a launch; use fewer tensors at once`,
  );
}

/** Runs a launch whose program came from `compileFor`. */
export function runLaunch(backend: Backend, launch: Launch): void {
  const { program } = launch;
  if (program instanceof CompositeProgram) program.run(backend, launch);
  else backend.run(launch);
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
