/** The models that are trained, built of @nn/nn on the default backend. */
import { Linear, type Module, ReLU, Sequential } from '@nn/nn';
import type { MlpSpec, TrainingSpec } from '../cases/spec.ts';

/** A model is loaded when it is needed, and with it only the layers that it is made of. */
export async function modelOf(spec: TrainingSpec): Promise<Module> {
  switch (spec.kind) {
    case 'mlp':
      return mlp(spec);
    case 'cnn':
      return (await import('./models/cnn.ts')).cnn();
    case 'gpt':
      return new (await import('./models/gpt.ts')).Gpt(spec);
  }
}

function mlp({ sizes }: MlpSpec): Module {
  const layers = sizes.slice(1).flatMap((outputs, i) => [new Linear(sizes[i]!, outputs), new ReLU()]);
  return new Sequential(...(layers.slice(0, -1) as Module[])) as Module;
}
