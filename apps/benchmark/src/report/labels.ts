/** Where the labels of dots in one line stand so that each can be read. Knows pixels, and nothing of plots. */

/** A dot, and the text to its right. */
export interface Label {
  /** Of the dot's centre, in pixels. */
  readonly x: number;
  readonly text: string;
}

/** Beside its dot, or a line above or below. */
export type Line = -1 | 0 | 1;

export const dotRadius = 5;
/** From a dot's centre to its text. */
export const labelGap = 9;
/** About as much as a character takes. */
const characterWidth = 7;
const lines: readonly Line[] = [0, -1, 1];

/** A line for each label, in their order: its own where it covers neither a dot nor another label there, else the next that is free. */
export function linesOf(labels: readonly Label[]): readonly Line[] {
  const chosen = new Map<Label, Line>();
  const ends: Record<Line, number> = { [-1]: -Infinity, 0: -Infinity, 1: -Infinity };
  for (const label of [...labels].sort((a, b) => a.x - b.x)) {
    const [from, to] = [label.x + labelGap, label.x + labelGap + characterWidth * label.text.length];
    const covers = labels.some((other) => other !== label && other.x + dotRadius > from && other.x - dotRadius < to);
    const isFree = (line: Line): boolean => ends[line] <= from && !(line === 0 && covers);
    const line = lines.find(isFree) ?? lines.reduce((best, each) => (ends[each] < ends[best] ? each : best));
    chosen.set(label, line);
    ends[line] = Math.max(ends[line], to);
  }
  return labels.map((label) => chosen.get(label)!);
}
