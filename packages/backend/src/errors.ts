/**
 * The errors that every package throws. One base class, so that `catch (e) { if (e instanceof NnError) … }` covers them all.
 * A message reads `[op] what is wrong, with both values; what to do`. Knows nothing of tensors.
 */

/** Base of all errors of the library: a message prefixed by the operation that was asked for. */
export class NnError extends Error {
  // Stated by each class, for minifiers rename classes; those that users derive have their own.
  override readonly name: string;
  /** The operation (as the user called it) that failed. */
  readonly op: string;
  constructor(op: string, message: string, options?: ErrorOptions) {
    super(`[${op}] ${message}`, options);
    this.op = op;
    this.name = new.target === NnError ? 'NnError' : new.target.name;
  }
}

/** Shapes that don't fit: sizes that differ, ranks out of range, element counts that don't match. */
export class ShapeError extends NnError {
  override readonly name: string = 'ShapeError';
}

/** A dtype that the operation can't take or produce. */
export class DTypeError extends NnError {
  override readonly name: string = 'DTypeError';
}

/** An index or a dimension out of range (PyTorch: `IndexError`). */
export class IndexError extends NnError {
  override readonly name: string = 'IndexError';
}

/** An argument whose value makes no sense: a negative learning rate, a probability of 1.5. */
export class ValueError extends NnError {
  override readonly name: string = 'ValueError';
}

/** A backend that is missing, lost, disposed, or lacks what was asked of it. */
export class BackendError extends NnError {
  override readonly name: string = 'BackendError';
}

/** The device behind a backend is gone, with all that was on it: a GPU that was reset or unplugged. What was copied to the host before can go on elsewhere. */
export class DeviceLostError extends BackendError {
  override readonly name: string = 'DeviceLostError';
}

/** Memory ran out; the message names the largest holders and what to do. */
export class OutOfMemoryError extends BackendError {
  override readonly name: string = 'OutOfMemoryError';
}

/** A file or byte stream that is not what it claims to be; the message says what and where. */
export class FormatError extends NnError {
  override readonly name: string = 'FormatError';
}

/** A gradient that can't be computed: nothing tracked, a graph already freed, a saved value changed in place. */
export class AutogradError extends NnError {
  override readonly name: string = 'AutogradError';
}
