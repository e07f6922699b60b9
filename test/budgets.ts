/*
 * What the repository may weigh: compressed bytes of each package's entries and lines of each source file. A limit is there
 * to be looked at when it is reached: raise it in the change that needs it, and say why there.
 */

/** Lines of one source file, tests and generated data aside. */
export const longestFile = 400;

/** Source files that may be longer, each with its reason. Only generated data belongs here. */
export const longFiles: Readonly<Record<string, string>> = {
  'packages/mnist/src/digits.generated.ts': 'the built-in digits, packed; loaded only when they are asked for',
};

/**
 * Bytes of an entry, minified and compressed by gzip, other `@nn` packages left out. What an entry imports dynamically is not
 * counted, and neither are Node's modules.
 */
export const entryBytes: Readonly<Record<string, number>> = {
  '@nn/backend': 30_000,
  '@nn/conformance': 20_000,
  // Every op, typed method and error sentence of the language; what an app doesn't use and no method names is shaken off.
  '@nn/tensor': 64_000,
  '@nn/tensor/internal': 64_000,
  '@nn/autograd': 20_000,
  '@nn/nn': 30_000,
  '@nn/optim': 15_000,
  '@nn/data': 10_000,
  '@nn/mnist': 10_000,
};
