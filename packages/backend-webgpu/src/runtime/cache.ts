/** A map with a bound: what was asked for longest ago goes first. */
export class Cache<V> {
  readonly #values = new Map<string, V>();
  readonly #most: number;
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    if (this.#values.size >= this.#most) this.#values.delete(this.#values.keys().next().value!);
    this.#values.set(key, value);
  }

  clear(): void {
    this.#values.clear();
  }
}
