/** A process that plays one library: `player ours BACKEND THREADS`, `player tfjs`, `player jax`. Started by nn-bench, spoken to in lines of JSON. */
import { type Company, serve } from './players/serve.ts';

const [name, ...args] = process.argv.slice(2);

function open(): Promise<Company | string> {
  switch (name) {
    case 'ours':
      return import('./ours/company.ts').then(({ openOurs }) => openOurs(args[0]!, Number(args[1] ?? 1)));
    case 'tfjs':
      return import('./peers/tfjs/company.ts').then(({ openTfjs }) => openTfjs());
    case 'jax':
      return import('./peers/jax/company.ts').then(({ openJax }) => openJax());
    default:
      throw new Error(`there is no player ${name}; nn-bench starts this program itself`);
  }
}

await serve(open);
// Threads of a library may still wait.
process.exit(0);
