/** The public page of @nn/nn/hooks. Importing it makes `module.registerFullBackwardHook` work in a bundle for browsers; in Node it works from the start. */
import { BackwardWatch } from './module/backward-hook.ts';
import { seam } from './module/hooks.ts';

seam.watch = (module, hooks) => new BackwardWatch(module, hooks);
