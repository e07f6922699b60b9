/**
 * What goes wrong for a reason that the person at the keyboard can do something about: one line on stderr and exit code 2. Anything else is a mistake in this
 * program and keeps its stack.
 */

/** A sentence for the user that says what is wrong, where, and what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** An error's message on one line. */
export const oneLine = (error: Error): string => error.message.replace(/\s*\n\s*/g, ' ').trim();

/** An error that the operating system answered with. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be larger than is allowed here',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'it is not permitted',
  EROFS: 'the disk can only be read',
};

/** `can't write x: no space left on the disk (ENOSPC)`, for an error of the operating system; any other error as it is. */
export function explained(doing: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const reason = reasons[error.code!];
  return new Failure(`${doing}: ${reason === undefined ? oneLine(error) : `${reason} (${error.code})`}`, {
    cause: error,
  });
}
