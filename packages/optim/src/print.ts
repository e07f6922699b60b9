/** The printed form of an optimiser, PyTorch's `repr(optimizer)`: its groups, each with its options in the order of their names. */

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `(${value.map(textOf).join(', ')})`;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  const isSmall = typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-4;
  return (isSmall ? value.toExponential() : String(value)).replace(/e-(\d)$/, 'e-0$1');
};

export function describeOptimizer(name: string, groups: readonly object[]): string {
  const texts = groups.map((group, i) => {
    const options = Object.entries(group).filter(([key]) => key !== 'params');
    const lines = options.map(([key, value]) => `    ${key}: ${textOf(value)}\n`).sort();
    return `\nParameter Group ${i}\n${lines.join('')}`;
  });
  return `${name} (${texts.join('')})`;
}
