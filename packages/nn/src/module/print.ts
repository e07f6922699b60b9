/** The printed form of a module, PyTorch's `repr(module)`: its class, its settings, its modules indented below it. */
import { ownModules } from './members.ts';
import type { Module } from './module.ts';

const indented = (text: string): string => text.split('\n').join('\n  ');

export function describeModule(module: Module): string {
  const extra = module.extraRepr();
  const settings = extra === '' ? [] : extra.split('\n');
  const children = ownModules(module).map(([name, child]) => `(${name}): ${indented(String(child))}`);
  const lines = [...settings, ...children];
  const { name } = module.constructor;
  if (settings.length === 1 && children.length === 0) return `${name}(${settings[0]})`;
  return lines.length === 0 ? `${name}()` : `${name}(\n  ${lines.join('\n  ')}\n)`;
}
