// Makes compiled files that bundlers can take apart. What a module computes for its top-level constants is marked as droppable where the constant isn't used,
// which is what `sideEffects: false` says of whole files; and files go on importing each other, by the names that they have now.
import { readFile } from 'node:fs/promises';
import type { Options } from 'tsup';

/** `const name = make(…)`, `export const name = new Thing(…)`: a declaration that begins in the first column of compiled code. */
const declaration = /^((?:export )?const [\w$]+ = )(?=(?:new )?[\w$.]+\()/gm;
/** `… from "./file.ts"`, `import "./file.ts"`, `import("./file.ts")`. */
const relativeImport = /((?:\bfrom|\bimport) ?\(?"\.{1,2}\/[^"\n]*)\.ts"/g;

export const pureConstants: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'pure-constants',
  setup({ onLoad, initialOptions, esbuild }) {
    onLoad({ filter: /[\\/]packages[\\/].*\.ts$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, 'utf8'), {
        loader: 'ts',
        sourcefile: path,
        sourcemap: initialOptions.sourcemap ? 'inline' : false,
        target: initialOptions.target ?? 'esnext',
        tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
      });
      const pure = code.replace(declaration, '$1/* @__PURE__ */ ');
      return { contents: initialOptions.bundle ? pure : pure.replace(relativeImport, '$1.js"'), loader: 'js' };
    });
  },
};
