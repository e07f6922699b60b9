/** The public page of @nn/autograd. Importing it switches gradients on: `loss.backward()` works from then on. */
import './install.ts';

export { detectAnomaly, isAnomalyEnabled, modulePath, setDetectAnomaly } from './anomaly.ts';
export { backward, type GradOptions } from './backward.ts';
export { checkpoint } from './checkpoint.ts';
export { FunctionContext, type InputGradients } from './custom.ts';
export { Function } from './function.ts';
export { type FunctionalOptions, hessian, hvp, jacobian, jvp, vjp } from './functional.ts';
export { type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck.ts';
export { expectNoLeaks } from './leaks.ts';
export { enableGrad, isGradEnabled, noGrad } from './no-grad.ts';
export { grad, type OneEach, type TransformOptions, valueAndGrad } from './transforms.ts';
