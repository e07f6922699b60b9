/** What a user may ask of the backend. */
import type { Loss } from './runtime/life.ts';

export interface WebGPUOptions {
  /** Which adapter where there are several: `'high-performance'` or `'low-power'`; the system chooses where absent. */
  readonly powerPreference?: 'high-performance' | 'low-power';
  /** Optional features of the device that may be used, where the adapter has them; default: `shader-f16`, without which there is no float16. */
  readonly features?: readonly GPUFeatureName[];
  /** Called once when the device is lost for another reason than `dispose()`: with what the browser or driver says. */
  readonly onLost?: (loss: Loss) => void;
}

export const defaultFeatures: readonly GPUFeatureName[] = ['shader-f16'];
