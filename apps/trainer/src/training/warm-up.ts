/** A first step: on a backend that compiles shaders for it, they are compiled side by side instead of one after the other. */
import type { Backend } from '@nn/backend';

/** A backend that holds back what is launched until all of it is compiled. */
interface Warming extends Backend {
  warmup(body: () => void): Promise<void>;
}

const isWarming = (backend: Backend): backend is Warming => 'warmup' in backend;

/** Does a step, with all its effects; it reads nothing. */
export async function warmUp(backend: Backend, step: () => void): Promise<void> {
  if (isWarming(backend)) await backend.warmup(step);
  else step();
}
