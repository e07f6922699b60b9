/*
 * What must be there: NN_REQUIRE_WEBGPU names drivers, separated by commas, without which the tests of WebGPU fail instead of being left out; `1` stands for any adapter.
 * Says what is left out, and why. Knows nothing of how drivers are found.
 */
import type { Driver, Missing } from './drivers.ts';

/** Throws if a driver that is required is missing; else one sentence a missing driver, to be printed. */
export function complaints(
  required: string,
  { found, missing }: { readonly found: readonly Driver[]; readonly missing: readonly Missing[] },
): readonly string[] {
  const names = required.split(',').filter((name) => name !== '' && name !== '0');
  const absent = names.filter((name) => (name === '1' ? found.length === 0 : !found.some((own) => own.name === name)));
  const reasons = missing.map(({ name, reason }) => `WebGPU on ${name}: ${reason}`);
  if (absent.length > 0)
    throw new Error(`NN_REQUIRE_WEBGPU=${required}, but there is no adapter:\n${reasons.join('\n')}`);
  return reasons.map((reason) => `Left out: ${reason}.`);
}
