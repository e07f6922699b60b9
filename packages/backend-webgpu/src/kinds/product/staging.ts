/**
 * How a factor of a tile reaches workgroup memory: by fours ("quads"), along k or along its rows, whichever way lets neighbouring threads read neighbouring memory. Where four neighbours are
 * loaded as one, quads lie along the dense direction; else across it, with threads side by side along it. Nothing is transposed: who reads the tile takes
 * components accordingly.
 */
import type { Source } from '../source.ts';
import type { Arithmetic } from './arithmetic.ts';
import { depth } from './order.ts';
import type { Element, Factor, Member, Side } from './problem.ts';

/** A thread's quad: where it is in the tile, and what it is made of. */
interface Quad {
  readonly name: string;
  readonly slot: string;
  /** Its first member of k, counted from the tile's. */
  readonly member: string;
  readonly rows: readonly (readonly string[])[];
}

/** Whether quads of a factor lie along k or along rows. */
export const alongOf = ({ dense, wide }: Side): 'k' | 'row' => ((dense === 'k') === wide ? 'k' : 'row');

export class Staging {
  readonly along: 'k' | 'row';
  readonly #source: Source;
  readonly #factor: Factor;
  readonly #name: string;
  readonly #rows: number;
  readonly #pitch: number;
  readonly #arithmetic: Arithmetic;
  #quads: readonly Quad[] = [];

  /** `rows` of the factor that a tile has. Declares the tile, and the function that loads from binding `b`. */
  constructor(source: Source, factor: Factor, name: string, b: number, rows: number, arithmetic: Arithmetic) {
    this.along = alongOf(factor);
    this.#source = source;
    this.#factor = factor;
    this.#name = name;
    this.#rows = rows;
    this.#arithmetic = arithmetic;
    // Pitches that keep threads side by side on different banks of the memory, in both orders of filling.
    this.#pitch = this.along === 'k' ? rows + 2 : rows / 4 + 1;
    source.declarations.push(
      `var<workgroup> ${name}Tile: array<${arithmetic.four}, ${(this.along === 'k' ? depth / 4 : depth) * this.#pitch}>;`,
      loadFunction(source, factor, name, b, arithmetic),
    );
  }

  /** Finds what each thread loads: rows from `origin`, of so many (`count`) that there are; those beyond repeat the last. */
  prepare(origin: string, count: string, threads: number): void {
    const source = this.#source;
    const { wide } = this.#factor;
    const rows = this.#rows;
    this.#quads = Array.from({ length: (rows * depth) / 4 / threads }, (_, q) => {
      const id = source.let(`lane + ${q * threads}u`, 'quad');
      const inner = this.along === 'k' ? (wide ? depth / 4 : rows) : wide ? rows / 4 : depth;
      const [fast, slow] = [source.let(`${id} % ${inner}u`, 'f'), source.let(`${id} / ${inner}u`, 'g')];
      const [row, member] = (this.along === 'k') === wide ? [slow, fast] : [fast, slow];
      const found = (i: string): readonly string[] =>
        this.#factor.row(source.let(`min(${origin} + ${i}, ${count} - 1u)`, 'r'));
      const name = `${this.#name}${q}`;
      source.line(`var ${name}: ${this.#arithmetic.four};`);
      if (this.along === 'k')
        return {
          name,
          slot: source.let(`${member} * ${this.#pitch}u + ${row}`, 'slot'),
          member: source.let(`${member} * 4u`, 'o'),
          rows: [found(row)],
        };
      const first = `${row} * 4u`;
      return {
        name,
        slot: source.let(`${member} * ${this.#pitch}u + ${row}`, 'slot'),
        member,
        rows: wide
          ? [this.#factor.row(source.let(`min(${origin} + ${first}, ${count} - 4u)`, 'r'))]
          : [0, 1, 2, 3].map((j) => found(`${first} + ${j}u`)),
      };
    });
  }

  /** Loads the quads; `memberAt` adds statements that find the member at a distance from the tile's first one. Zeros from member `end` on. */
  load(memberAt: (distance: string) => Member, end: string): void {
    for (const { name, member, rows } of this.#quads) {
      if (this.along === 'row' || this.#factor.wide) {
        const at = memberAt(member);
        this.#set(
          name,
          rows.map((row) => this.#loaded(this.#factor.at(row, at), at, end)),
        );
      } else {
        const members = [0, 1, 2, 3].map((j) => memberAt(j === 0 ? member : `${member} + ${j}u`));
        this.#set(
          name,
          members.map((at) => this.#loaded(this.#factor.at(rows[0]!, at), at, end)),
        );
      }
    }
  }

  #set(name: string, values: readonly string[]): void {
    this.#source.line(
      `${name} = ${values.length === 1 ? values[0] : `${this.#arithmetic.four}(${values.join(', ')})`};`,
    );
  }

  #loaded({ index, inside }: Element, { k }: Member, end: string): string {
    // Not `&&`, which branches: a dozen of those keep SwiftShader's compiler busy for minutes.
    return `${this.#name}At(${index}, (${k} < ${end})${inside === undefined ? '' : ` & ${inside}`})`;
  }

  /** Puts the quads into the tile. */
  store(): void {
    for (const { name, slot } of this.#quads) this.#source.line(`${this.#name}Tile[${slot}] = ${name};`);
  }

  /** Reads members 4q … 4q + 3 of rows `first + i · step`, or of the quads from `first` on, into names; the text of row i at member kk of these. */
  fragment(q: string, count: number, first: string, step: number): (i: number, kk: number) => string {
    const source = this.#source;
    const tile = `${this.#name}Tile`;
    if (this.along === 'k') {
      const rows = Array.from({ length: count }, (_, i) =>
        source.let(`${tile}[${q} * ${this.#pitch}u + ${first} + ${i * step}u]`, 'x'),
      );
      return (i, kk) => `${rows[i]}.${'xyzw'[kk]}`;
    }
    const quads = [0, 1, 2, 3].map((kk) =>
      Array.from({ length: count / 4 }, (_, g) =>
        source.let(`${tile}[(${q} * 4u + ${kk}u) * ${this.#pitch}u + ${first} + ${g}u]`, 'x'),
      ),
    );
    return (i, kk) => `${quads[kk]![i >> 2]}.${'xyzw'[i & 3]}`;
  }
}

/** A function of WGSL, `${name}At(index, inside)`: an element (or four) of binding `b`, or zero. */
export function loadFunction(
  source: Source,
  { wide }: Side,
  name: string,
  b: number,
  { one, four }: Arithmetic,
): string {
  const type = wide ? four : one;
  return `fn ${name}At(index: u32, inside: bool) -> ${type} { if (inside) { return ${source.load(b, 'index')}; } return ${type}(); }`;
}
