/** Anomaly mode: finds the op whose gradient was the first to be NaN, and says where it was called; PyTorch: `torch.autograd.detect_anomaly`. */
import { AutogradError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { autograd, type Node, readSync } from '@nn/tensor/internal';

/** Looks at each gradient that a rule makes while anomaly mode is on, else null: so a bundle without `detectAnomaly` holds nothing of it. */
export const anomaly: { check: ((node: Node, g: Tensor) => void) | null } = { check: null };

/** @internal Names of the modules whose `forward` is running, outermost first; @nn/nn fills it in. */
export const modulePath: string[] = [];

/** Remembers where an op was called. */
function trace(node: Node): void {
  const { stack } = new Error('trace');
  const lines = (stack ?? '')
    .split('\n')
    .slice(1)
    .filter((line) => !/dispatch|anomaly|in-place|\/core\//.test(line))
    .slice(0, 6);
  node.detail().trace = `${modulePath.length > 0 ? `in module ${modulePath.join('.')}\n` : ''}${lines.join('\n')}`;
}

/**
 * Runs a function in anomaly mode: every op remembers where it was called, and backward throws at the first NaN gradient, naming op, module and place.
 * Slow, and only on backends whose memory can be read without waiting.
 */
export function detectAnomaly<R>(body: () => R): R {
  const was = isAnomalyEnabled();
  setDetectAnomaly(true);
  try {
    return body();
  } finally {
    setDetectAnomaly(was);
  }
}

/** Switches anomaly mode on or off; PyTorch: `torch.autograd.set_detect_anomaly`. */
export function setDetectAnomaly(enabled: boolean): void {
  anomaly.check = enabled ? checkGradient : null;
  autograd.seam.trace = enabled ? trace : null;
}

export const isAnomalyEnabled = (): boolean => anomaly.check !== null;

/** Throws if a gradient that a rule just made holds NaN. */
function checkGradient(node: Node, g: Tensor): void {
  if (!g.layout.differentiable) return;
  if (!readSync(g, 'detectAnomaly').some(Number.isNaN)) return;
  const { name } = node.plan.op;
  throw new AutogradError(
    'detectAnomaly',
    `the gradient of ${name} is NaN; ${node.extra?.trace ? `${name} was called here:\n${node.extra.trace}` : 'run the forward pass inside detectAnomaly too, to see where it was called'}`,
  );
}
