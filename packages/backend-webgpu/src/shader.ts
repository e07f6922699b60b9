/**
 * The text of one shader while it is being written: helper functions that it uses, each once and after those that it needs itself, and names that
 * nothing else has. Knows neither kernels nor what helpers compute.
 */

/** A function of WGSL that shaders share. */
export interface Helper {
  /** Names of helpers that its text calls. */
  readonly needs?: readonly string[];
  readonly text: string;
}

export class Shader {
  readonly #library: Readonly<Record<string, Helper>>;
  readonly #used = new Map<string, string>();
  #names = 0;

  /** A shader that may use the helpers of a library, by their functions' names. */
  constructor(library: Readonly<Record<string, Helper>>) {
    this.#library = library;
  }

  /** Makes sure that a helper is part of the shader; its name. */
  use(name: string): string {
    if (this.#used.has(name)) return name;
    const { needs = [], text } = this.#library[name]!;
    for (const other of needs) this.use(other);
    this.#used.set(name, text);
    return name;
  }

  /** A name that is used nowhere else. */
  name(stem = 'v'): string {
    return `${stem}${this.#names++}`;
  }

  /** The helpers' text, in an order in which each stands after what it needs. */
  get helpers(): string {
    return [...this.#used.values()].join('\n');
  }
}
