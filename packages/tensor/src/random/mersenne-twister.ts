/**
 * MT19937 (Matsumoto & Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number generator", 1998), seeded as its authors' reference
 * program of 2002 is: the numbers of C++'s `std::mt19937`, and of PyTorch's generator on the CPU.
 */

/** Words of the state. */
export const size = 624;

/** How far the word lies that a new one is mixed with. */
const middle = 397;

export class MersenneTwister {
  readonly words: Uint32Array = new Uint32Array(size);
  /** The word that is given next; `size` where all were given. */
  next: number = size;

  /** Starts anew from 32 bits. */
  seed(seed: number): void {
    this.words[0] = seed;
    for (let i = 1; i < size; i++) {
      const last = this.words[i - 1]!;
      this.words[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
    this.next = size;
  }

  /** 32 random bits, from 0 to 2^32 - 1. */
  word(): number {
    if (this.next === size) this.#turn();
    let y = this.words[this.next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  #turn(): void {
    const { words } = this;
    for (let i = 0; i < size; i++) {
      const y = (words[i]! & 0x80000000) | (words[(i + 1) % size]! & 0x7fffffff);
      words[i] = words[(i + middle) % size]! ^ (y >>> 1) ^ ((y & 1) * 0x9908b0df);
    }
    this.next = 0;
  }
}
