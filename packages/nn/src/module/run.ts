/** A call of `forward` that somebody listens to: hooks around it, and its name on the path that anomaly mode reports. */
import { isAnomalyEnabled, isGradEnabled, modulePath } from '@nn/autograd';
import { type Hooks, seam } from './hooks.ts';
import type { Module } from './module.ts';

// biome-ignore lint/suspicious/noExplicitAny: as `forward` itself
export type Forward = (this: Module, ...inputs: any[]) => any;

/** Modules whose forward is running in anomaly mode, outermost first. */
const running: Module[] = [];

/** The module's name seen from the one that called it: its path there, or its class. */
function nameOf(module: Module): string {
  const path = running
    .at(-1)
    ?.namedModules()
    .find(([, each]) => each === module)?.[0];
  return path === undefined || path === '' ? module.constructor.name : path;
}

export function runForward(module: Module, forward: Forward, hooks: Hooks | null, inputs: readonly unknown[]): unknown {
  if (!isAnomalyEnabled()) return runHooks(module, forward, hooks, inputs);
  const depth = running.length;
  modulePath.push(nameOf(module));
  running.push(module);
  try {
    return runHooks(module, forward, hooks, inputs);
  } finally {
    modulePath.length = depth;
    running.length = depth;
  }
}

function runHooks(module: Module, forward: Forward, hooks: Hooks | null, inputs: readonly unknown[]): unknown {
  if (hooks === null) return forward.apply(module, [...inputs]);
  let given = [...inputs];
  for (const { call } of [...hooks.forwardPre]) {
    const answer = call(module, given);
    if (answer !== null && answer !== undefined) given = Array.isArray(answer) ? answer : [answer];
  }
  const watch =
    hooks.backward.size > 0 && isGradEnabled()
      ? seam.watch!(
          module,
          [...hooks.backward].map(({ call }) => call),
        )
      : null;
  if (watch !== null) given = [...watch.watchInputs(given)];
  let output: unknown = forward.apply(module, given);
  for (const { call } of [...hooks.forward]) output = call(module, given, output) ?? output;
  return watch === null ? output : watch.watchOutput(output);
}
