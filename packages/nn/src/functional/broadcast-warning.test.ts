/** Predictions (N, 1) and targets (N) give N² losses, which nobody wants: told once, as in PyTorch. */
import { ones } from '@nn/tensor';
import { beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => vi.resetModules());

it.each(['mseLoss', 'l1Loss', 'smoothL1Loss', 'huberLoss'] as const)('%s warns once', async (name) => {
  const nn = await import('./regression.ts');
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const loss = nn[name];
  loss(ones([8]), ones([8]));
  loss(ones([8]).at(':4'), ones([2, 8]).at(0, '4:'));
  expect(warn).not.toHaveBeenCalled();
  loss(ones([8, 1]), ones([8]));
  loss(ones([8, 1]), ones([8]));
  nn.mseLoss(ones([8]), ones([]));
  expect(warn.mock.calls).toEqual([[`[${name}] shapes (8, 1) and (8,) broadcast; reshape one, unless that is meant`]]);
  warn.mockRestore();
});
