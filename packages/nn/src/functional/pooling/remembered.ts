/** What was worked out for inputs of a layout and a caller's settings, so that a call like one before works nothing out. Knows nothing of pooling. */
import type { Layout } from '@nn/tensor/internal';

type Setting = number | boolean | null | undefined | readonly (number | null)[];

interface Entry<T> {
  readonly asked: readonly Setting[];
  readonly value: T;
}

/** A layout that is asked about in more ways than this starts anew. */
const limit = 8;

function isSame(a: Setting, b: Setting): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Values by layout and settings, which are compared as they were given: lists by what they hold. */
export class Remembered<T> {
  readonly #entries: WeakMap<Layout, Entry<T>[]> = new WeakMap();

  find(layout: Layout, asked: readonly Setting[]): T | null {
    const entries = this.#entries.get(layout);
    if (entries === undefined) return null;
    for (const entry of entries) {
      let i = 0;
      while (i < asked.length && isSame(entry.asked[i], asked[i])) i++;
      if (i === asked.length) return entry.value;
    }
    return null;
  }

  /** Remembers a value. Returns it. */
  add(layout: Layout, asked: readonly Setting[], value: T): T {
    const copies = asked.map((each) => (Array.isArray(each) ? [...each] : each));
    const known = this.#entries.get(layout);
    const entries = known === undefined || known.length >= limit ? [] : known;
    entries.push({ asked: copies, value });
    this.#entries.set(layout, entries);
    return value;
  }
}
