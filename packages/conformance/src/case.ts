/** What a suite consists of. */
import { type Backend, reference } from '@nn/backend';
import type { Precision } from './bounds/precision.ts';
import { compare } from './launch/compare.ts';
import { execute, type LaunchCase } from './launch/launch-case.ts';

/** One thing that a backend must do; `run` throws where it doesn't. */
export interface Case {
  readonly name: string;
  /** The launch that is compared with the reference, where that is all. */
  readonly launchCase?: LaunchCase;
  run(): Promise<void> | void;
}

/** What suites are made for. */
export interface Subject {
  readonly backend: Backend;
  /** A second backend of the same make, for what ends it. */
  readonly create: () => Backend | Promise<Backend>;
  readonly precision: Precision;
}

export type Suite = (subject: Subject) => Case[];

const judge = reference();

/** The case: the launch gives what the reference gives. */
export const asReference = (backend: Backend, launchCase: LaunchCase): Case => ({
  name: launchCase.name,
  launchCase,
  run: async () => {
    const actual = await execute(backend, launchCase);
    const expected = await execute(judge, launchCase);
    for (const [j, memory] of expected.entries()) {
      const tolerance = launchCase.tolerance;
      compare(`output ${j}`, actual[j]!, memory, tolerance && ((value, i) => tolerance(value, j, i)));
    }
  },
});

/** Whether the backend has all dtypes of the launch. */
export const holds = (backend: Backend, { inputs, outputs }: LaunchCase): boolean =>
  [...inputs, ...outputs].every(({ dtype }) => backend.dtypes.includes(dtype));
