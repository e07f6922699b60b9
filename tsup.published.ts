// Makes compiled files that bundlers can take apart. What a module computes for its top-level constants is marked as droppable where the constant isn't used,
// which is what `sideEffects: false` says of whole files; files go on importing each other, by the names that they have now; and classes that are known by their name,
// in what a model prints and in errors, keep it when a minifier gives them another.
import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';

/** `const name = make(…)`, `export const name = new Thing(…)`: a declaration that begins in the first column of compiled code. */
const declaration = /^((?:export )?const [\w$]+ = )(?=(?:new )?[\w$.]+\()/gm;
/** `… from "./file.ts"`, `import "./file.ts"`, `import("./file.ts")`. */
const relativeImport = /((?:\bfrom|\bimport) ?\(?"\.{1,2}\/[^"\n]*)\.ts"/g;
/** Packages whose classes are layers, losses, optimisers and schedules, and a class in them, but for those that are only extended. */
const named = /[\\/]packages[\\/](?:nn|optim)[\\/]/;
const concrete = /^(?:export )?class ([\w$]+)(?: extends [\w$.]+)? \{/gm;

export const published: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'published',
  setup({ onLoad, initialOptions, esbuild }) {
    onLoad({ filter: /[\\/]packages[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const { code } = await esbuild.transform(source, {
        loader: 'ts',
        sourcefile: path,
        sourcemap: initialOptions.sourcemap ? 'inline' : false,
        target: initialOptions.target ?? 'esnext',
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
      });
      // A getter, as a static field may be taken for an effect.
      const name = (head: string, own: string): string =>
        new RegExp(`abstract class ${own}\\b`).test(source) ? head : `${head} static get name() { return "${own}"; }`;
      const kept = named.test(path) ? code.replace(concrete, name) : code;
      const pure = kept.replace(declaration, '$1/* @__PURE__ */ ');
      return { contents: initialOptions.bundle ? pure : pure.replace(relativeImport, '$1.js"'), loader: 'js' };
    });
  },
};
