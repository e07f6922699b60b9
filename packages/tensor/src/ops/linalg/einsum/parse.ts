/**
 * Einstein notation read: equation or sublists → one list of labels an operand, and one of the result. Letters and numbers become small integers; the dimensions
 * of an ellipsis become labels of their own, aligned at the right. Knows nothing of tensors.
 */
import { ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../../core/collapse.ts';

/** A label: a letter's or sublist entry's number ≥ 0; an ellipsis' dimension −1 (last), −2, … */
export type Label = number;

export interface Notation {
  readonly operands: readonly (readonly Label[])[];
  readonly result: readonly Label[];
  /** Size of each label. */
  readonly sizes: ReadonlyMap<Label, number>;
}

/** One subscript before its ellipsis is spelled out. */
type Term = readonly (Label | '...')[];

const op = 'einsum';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const nameOf = (label: Label): string => (label >= 0 ? (letters[label] ?? String(label)) : '...');

function readTerm(text: string): Term {
  const term: (Label | '...')[] = [];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === '.') {
      if (text.slice(i, i + 3) !== '...') throw new ValueError(op, `a single '.' in '${text}'; an ellipsis is '...'`);
      term.push('...');
      i += 2;
      continue;
    }
    const label = letters.indexOf(letter);
    if (label < 0) throw new ValueError(op, `'${letter}' in '${text}' is not an index; use letters`);
    term.push(label);
  }
  return term;
}

/** Terms of an equation such as `'bij,bjk->bik'`. */
export function readEquation(equation: string): { terms: Term[]; result: Term | null } {
  const parts = equation.replaceAll(' ', '').split('->');
  if (parts.length > 2) throw new ValueError(op, `more than one '->' in '${equation}'`);
  return { terms: parts[0]!.split(',').map(readTerm), result: parts[1] === undefined ? null : readTerm(parts[1]) };
}

/** Terms of sublists: whole numbers from 0 to 51, and '...'. */
export function readSublist(sublist: readonly (number | '...')[]): Term {
  for (const entry of sublist)
    if (entry !== '...' && !(Number.isInteger(entry) && entry >= 0 && entry < 52))
      throw new ValueError(op, `${entry} is not an index of a sublist; use whole numbers from 0 to 51, or '...'`);
  return sublist;
}

/** Spells out ellipses, finds every label's size and the implicit result. */
export function resolve(terms: readonly Term[], result: Term | null, shapes: readonly (readonly number[])[]): Notation {
  if (terms.length !== shapes.length)
    throw new ValueError(op, `the equation has ${terms.length} terms for ${shapes.length} operands; give one for each`);
  for (const term of [...terms, ...(result === null ? [] : [result])])
    if (term.filter((label) => label === '...').length > 1)
      throw new ValueError(op, 'a term has more than one ellipsis');
  let width = 0;
  terms.forEach((term, i) => {
    const rank = shapes[i]!.length;
    const named = term.filter((label) => label !== '...').length;
    const hasEllipsis = named < term.length;
    if (hasEllipsis ? named > rank : named !== rank)
      throw new ShapeError(
        op,
        `term ${i} names ${named} dimensions, operand ${i} of shape ${shapeText(shapes[i]!)} has ${rank}`,
      );
    if (hasEllipsis) width = Math.max(width, rank - named);
  });
  const spelled = terms.map((term, i) =>
    spell(term, shapes[i]!.length - term.filter((label) => label !== '...').length),
  );
  const sizes = sizesOf(spelled, shapes);
  const final = result === null ? implicit(spelled, width) : spell(result, width);
  final.forEach((label, i) => {
    if (label >= 0 && !sizes.has(label))
      throw new ValueError(op, `index ${nameOf(label)} of the result is in no operand`);
    if (final.indexOf(label) !== i) throw new ValueError(op, `index ${nameOf(label)} appears twice in the result`);
  });
  return { operands: spelled, result: final, sizes };
}

const spell = (term: Term, width: number): Label[] =>
  term.flatMap((label) => (label === '...' ? Array.from({ length: width }, (_, k) => k - width) : [label]));

/** The dimensions of ellipses, then every index that appears once, in alphabetical order. */
function implicit(terms: readonly (readonly Label[])[], width: number): Label[] {
  const counts = new Map<Label, number>();
  for (const label of terms.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const once = [...counts].filter(([label, n]) => label >= 0 && n === 1).map(([label]) => label);
  return [...Array.from({ length: width }, (_, k) => k - width), ...once.sort((p, q) => p - q)];
}

function sizesOf(terms: readonly (readonly Label[])[], shapes: readonly (readonly number[])[]): Map<Label, number> {
  const sizes = new Map<Label, number>();
  terms.forEach((term, i) => {
    term.forEach((label, d) => {
      const n = shapes[i]![d]!;
      const known = sizes.get(label);
      const repeated = term.indexOf(label) !== d && shapes[i]![term.indexOf(label)] !== n;
      if (repeated || (known !== undefined && known !== n && known !== 1 && n !== 1))
        throw new ShapeError(
          op,
          `index ${nameOf(label)} is both ${repeated ? shapes[i]![term.indexOf(label)] : known} and ${n}: operand ${i} has shape ${shapeText(shapes[i]!)}`,
        );
      if (known === undefined || known === 1) sizes.set(label, n);
    });
  });
  return sizes;
}
