/** The public page of @nn/conformance. */
export { type Accuracy, type Precision, precision } from './bounds/precision.ts';
export {
  type ConformanceOptions,
  casesFor,
  judge,
  type NamedCase,
  type Skip,
  type Verdict,
} from './judge.ts';
export { ConformanceError } from './launch/compare.ts';
export { type Runner, type TestBackendOptions, testBackend } from './test-backend.ts';
