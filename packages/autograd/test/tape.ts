/** The naive shadow of the library for tests: every element is a scalar with its own history, every tensor a list of addresses into a memory of them. */

/** One number, and how it depends on others. */
export class Scalar {
  static #count = 0;
  readonly id: number = Scalar.#count++;
  readonly value: number;
  readonly parents: readonly (readonly [Scalar, number])[];
  constructor(value: number, parents: readonly (readonly [Scalar, number])[] = []) {
    this.value = value;
    this.parents = parents;
  }
}

export const unary = (x: Scalar, f: (v: number) => number, slope: (v: number) => number): Scalar =>
  new Scalar(f(x.value), [[x, slope(x.value)]]);
export const add = (x: Scalar, y: Scalar): Scalar => new Scalar(x.value + y.value, [[x, 1], [y, 1]]); // biome-ignore format: pairs
export const mul = (x: Scalar, y: Scalar): Scalar => new Scalar(x.value * y.value, [[x, y.value], [y, x.value]]); // biome-ignore format: pairs
export const tanh = (x: Scalar): Scalar => unary(x, Math.tanh, (v) => 1 - Math.tanh(v) ** 2);
export const total = (list: readonly Scalar[]): Scalar =>
  new Scalar(
    list.reduce((s, x) => s + x.value, 0),
    list.map((x) => [x, 1]),
  );

/** Derivatives of a weighted sum of scalars by everything below them. */
export function derivatives(outputs: readonly Scalar[], weights: readonly number[]): Map<Scalar, number> {
  const seen = new Set<Scalar>();
  const stack = [...outputs];
  for (let x = stack.pop(); x !== undefined; x = stack.pop()) {
    if (seen.has(x)) continue;
    seen.add(x);
    for (const [parent] of x.parents) stack.push(parent);
  }
  const found = new Map<Scalar, number>();
  const give = (x: Scalar, g: number): void => {
    found.set(x, (found.get(x) ?? 0) + g);
  };
  for (const [i, x] of outputs.entries()) give(x, weights[i]!);
  for (const x of [...seen].sort((p, q) => q.id - p.id))
    for (const [parent, slope] of x.parents) give(parent, slope * found.get(x)!);
  return found;
}

/** A tensor of the shadow. */
export class Shadow {
  readonly memory: Scalar[];
  readonly shape: readonly number[];
  readonly places: readonly number[];
  constructor(memory: Scalar[], shape: readonly number[], places: readonly number[]) {
    this.memory = memory;
    this.shape = shape;
    this.places = places;
  }

  static of(elements: readonly Scalar[], shape: readonly number[]): Shadow {
    return new Shadow([...elements], shape, [...elements.keys()]);
  }

  read(): Scalar[] {
    return this.places.map((p) => this.memory[p]!);
  }

  get values(): number[] {
    return this.read().map((x) => x.value);
  }

  at(index: readonly number[]): number {
    return this.places[flat(this.shape, index)]!;
  }

  view(shape: readonly number[], place: (index: readonly number[]) => number): Shadow {
    return new Shadow(this.memory, shape, indicesOf(shape).map(place));
  }

  /** Outside of the graph the value changes and the history stays. */
  write(elements: readonly Scalar[], tracked: boolean): void {
    this.places.forEach((p, i) => {
      const x = elements[i]!;
      this.memory[p] = tracked ? x : new Scalar(x.value, [[this.memory[p]!, 1]]);
    });
  }

  get hasRepeats(): boolean {
    return new Set(this.places).size < this.places.length;
  }
}

export function indicesOf(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const n of shape) all = all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i]));
  return all;
}

export const flat = (shape: readonly number[], index: readonly number[]): number =>
  shape.reduce((p, n, d) => p * n + index[d]!, 0);

/** The elements of a shadow, stretched to a shape. */
export function stretch(s: Shadow, shape: readonly number[]): Scalar[] {
  const elements = s.read();
  const lead = shape.length - s.shape.length;
  return indicesOf(shape).map((index) => elements[flat(s.shape, s.shape.map((n, d) => (n === 1 ? 0 : index[d + lead]!)))]!); // biome-ignore format: one thought
}
