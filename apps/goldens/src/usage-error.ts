/** A mistake of the person at the command line, who gets its message in one line instead of a stack. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
