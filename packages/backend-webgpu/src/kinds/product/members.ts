/**
 * What factors know of the members of k in a tile. Where that takes divisions (a member of a window's axes, say), a few threads work it out for all, a tile ahead, and leave it in workgroup
 * memory.
 */
import type { Source } from '../source.ts';
import { depth } from './order.ts';
import { digitsOf, type Member, type Terms } from './problem.ts';

export class Members {
  readonly #source: Source;
  readonly #terms: Terms;
  /** Vectors that a member takes in the table. */
  #width = 0;

  constructor(source: Source, terms: Terms) {
    this.#source = source;
    this.#terms = terms;
  }

  /** Whether there is a table: not where a member's number is enough. */
  get #tabled(): boolean {
    return this.#terms.digits.length > 0;
  }

  /** Fills the table for the tile that begins at `first`, and waits for it and for whatever else was put into workgroup memory. */
  fill(first: string): void {
    if (this.#tabled) this.#table(first);
    this.#source.line('workgroupBarrier();');
  }

  #table(first: string): void {
    const source = this.#source;
    source.line(`if (lane < ${depth}u) {`);
    const k = source.let(`${first} + lane`, 'k');
    const fields = this.#terms.fields(k, digitsOf(source, k, this.#terms.digits));
    const width = Math.ceil(fields.length / 4);
    for (let v = 0; v < width; v++) {
      const four = Array.from({ length: 4 }, (_, c) => fields[4 * v + c] ?? '0u');
      source.line(`members[lane * ${width}u + ${v}u] = vec4<u32>(${four.join(', ')});`);
    }
    source.line('}');
    if (this.#width === 0) source.declarations.push(`var<workgroup> members: array<vec4<u32>, ${depth * width}>;`);
    this.#width = width;
  }

  /** A function that finds members of the tile that begins at `k`, by their distance from it. */
  from(k: string): (distance: string) => Member {
    const source = this.#source;
    return (distance) => {
      const own = source.let(`${k} + ${distance}`, 'k');
      if (!this.#tabled) return { k: own, fields: this.#terms.fields(own, [own]) };
      const vectors = Array.from({ length: this.#width }, (_, v) =>
        source.let(`members[(${distance}) * ${this.#width}u + ${v}u]`, 'e'),
      );
      return { k: own, fields: vectors.flatMap((vector) => [...'xyzw'].map((c) => `${vector}.${c}`)) };
    };
  }
}
