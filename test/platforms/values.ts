/** What a fixture printed: its `name: value` lines. A line that begins with a space belongs to the one before. */
export function valuesOf(output: string): Map<string, string> {
  const lines = output.trimEnd().split(/\n(?! )/);
  return new Map(lines.map((line) => [line.replace(/:.*/s, ''), line.replace(/^[^:]*: ?/, '')]));
}
