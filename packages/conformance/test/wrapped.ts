/** The reference with changes: fewer kinds or operands than it could take, or mistakes. */
import { type Backend, type KernelKind, lower, reference } from '@nn/backend';

/** A reference backend of which some members are replaced; they get the original. */
export function wrapped(change: (original: Backend) => Partial<Backend>): Backend {
  const inner = reference();
  return {
    name: 'wrapped',
    dtypes: inner.dtypes,
    maxOperands: inner.maxOperands,
    slotsPerBlock: inner.slotsPerBlock,
    bytesPerElement: (dtype) => inner.bytesPerElement(dtype),
    supports: (kernel) => inner.supports(kernel),
    compile: (kernel) => inner.compile(kernel),
    run: (launch) => inner.run(launch),
    allocate: (bytes) => inner.allocate(bytes),
    free: (block) => inner.free(block),
    write: (block, offset, dtype, data) => inner.write(block, offset, dtype, data),
    read: (block, offset, dtype, length) => inner.read(block, offset, dtype, length),
    readSync: (block, offset, dtype, length) => inner.readSync!(block, offset, dtype, length),
    dispose: () => inner.dispose(),
    ...change(inner),
  };
}

export const optionalKinds: readonly KernelKind[] = ['matmul', 'conv', 'scan', 'sort', 'rows'];

/** A backend that declines these kinds, so that fallbacks do their work. */
export const declining = (kinds: readonly KernelKind[] = optionalKinds, maxOperands = 64): Backend =>
  wrapped((inner) => ({
    name: 'declining',
    maxOperands,
    lower,
    supports: (kernel) => !kinds.includes(kernel.kind),
    compile: (kernel) => {
      if (kinds.includes(kernel.kind)) throw new Error(`asked to compile the kind ${kernel.kind}, which was declined`);
      return inner.compile(kernel);
    },
  }));
