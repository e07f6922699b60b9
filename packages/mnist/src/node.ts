/**
 * The one way to Node's modules. They are asked for at run time with `process.getBuiltinModule` (Node 20.16, 22.3; Deno;
 * Bun), not imported: a bundler for browsers stops at `import('node:fs/promises')`, even where it is never reached.
 */
type Modules = {
  'node:fs/promises': typeof import('node:fs/promises');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
};

interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  getBuiltinModule<Name extends keyof Modules>(name: Name): Modules[Name];
}

/** What is used of Node. */
export interface NodeHost {
  readonly files: Modules['node:fs/promises'];
  readonly os: Modules['node:os'];
  readonly path: Modules['node:path'];
  readonly process: Process;
}

/** Node's modules, or `undefined` where there are none, as in a browser. */
export function nodeHost(): NodeHost | undefined {
  const { process } = globalThis as { process?: Partial<Process> };
  if (typeof process?.getBuiltinModule !== 'function') return undefined;
  const host = process as Process;
  return {
    files: host.getBuiltinModule('node:fs/promises'),
    os: host.getBuiltinModule('node:os'),
    path: host.getBuiltinModule('node:path'),
    process: host,
  };
}
