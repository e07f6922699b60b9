/**
 * How PyTorch makes random values on the CPU from the words of its Mersenne Twister. Uniform values, whole numbers, orders and masks are PyTorch's to the last bit; normal and
 * exponential ones up to the rounding of log, sin and cos, which PyTorch leaves to the processor and which here are the same everywhere. Builds of PyTorch that take MKL's
 * generator draw masks of one probability and exponential values from that one instead.
 */
import { circle, logs } from './elementary.ts';
import type { Floats, Laws } from './laws.ts';
import { MersenneTwister } from './mersenne-twister.ts';

/** Normal values are made in groups of this many, and one by one where there are fewer. */
const group = 16;

export class TorchLaws implements Laws {
  readonly twister: MersenneTwister = new MersenneTwister();
  /** The second normal value of a pair that was made one by one. */
  spare: number | null = null;

  seed(seed: number): void {
    this.twister.seed(seed);
    this.spare = null;
  }

  wide(): number {
    const high = this.twister.word();
    return (high & 0x1fffff) * 2 ** 32 + this.twister.word();
  }

  /** A uniform value in [0, 1) of 53 bits. */
  #double(): number {
    return this.wide() * 2 ** -53;
  }

  #fill(values: Floats, digits = 24): void {
    if (values instanceof Float32Array)
      for (let i = 0; i < values.length; i++) values[i] = (this.twister.word() & (2 ** digits - 1)) * 2 ** -digits;
    else for (let i = 0; i < values.length; i++) values[i] = this.#double();
  }

  uniform(values: Floats, from: number, to: number, halves = false): void {
    this.#fill(values, halves ? 11 : 24);
    const round = rounding(values);
    const start = round(from);
    const range = round(round(to) - start);
    // Rounded once: the product of two values of 24 bits is exact in a double, as in PyTorch's fused multiplication.
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * range + start;
  }

  normal(values: Floats, mean: number, std: number): void {
    if (values.length < group) {
      for (let i = 0; i < values.length; i++) values[i] = this.#normal() * std + mean;
      return;
    }
    const whole = values.length - (values.length % group);
    this.#fill(values);
    for (let i = 0; i < whole; i += group) turnNormal(values.subarray(i, i + group), mean, std);
    if (whole === values.length) return;
    // What is left over is drawn anew together with those before it that make up a group.
    const last = values.subarray(values.length - group);
    this.#fill(last);
    turnNormal(last, mean, std);
  }

  /** A standard normal value, in double precision; every second one was made with the one before. */
  #normal(): number {
    const { spare } = this;
    this.spare = null;
    if (spare !== null) return spare;
    const turn = this.#double();
    const drawn = Float64Array.of(1 - this.#double());
    logs(drawn);
    const radius = Math.sqrt(-2 * drawn[0]!);
    const [cosine, sine] = circle(turn);
    this.spare = radius * sine;
    return radius * cosine;
  }

  exponential(values: Floats, rate: number): void {
    const drawn = Float64Array.from(values, () => 1 - this.#double());
    logs(drawn);
    for (let i = 0; i < values.length; i++) values[i] = (-1 / rate) * drawn[i]!;
  }

  chances(values: Uint8Array, p: number): void {
    for (let i = 0; i < values.length; i++) values[i] = this.#double() < p ? 1 : 0;
  }

  below(range: number, long: boolean = range === 2 ** 32): number {
    const word = this.twister.word();
    if (!long) return word % range;
    return Number(((BigInt(word) << 32n) | BigInt(this.twister.word())) % BigInt(range));
  }

  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.twister.word() % (n - i));
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
    return order;
  }

  orders(): Laws {
    const laws = new TorchLaws();
    this.twister.word();
    laws.seed(this.twister.word());
    return laws;
  }
}

/** To what an array can hold. */
const rounding = (values: Floats): ((x: number) => number) => (values instanceof Float32Array ? Math.fround : Number);

/** Makes normal values of a group of uniform ones: Box & Muller, "A note on the generation of random normal deviates" (1958). Number i and number i + 8 are a pair. */
function turnNormal(values: Floats, mean: number, std: number): void {
  const round = rounding(values);
  const half = group / 2;
  const fullTurn = 2 * Math.PI;
  const radii = Float64Array.from({ length: half }, (_, i) => 1 - values[i]!);
  logs(radii);
  for (let i = 0; i < half; i++) {
    const radius = round(Math.sqrt(round(-2 * round(radii[i]!))));
    const angle = round(round(fullTurn) * values[i + half]!);
    const [cosine, sine] = circle(angle / fullTurn);
    values[i] = round(radius * round(cosine)) * std + mean;
    values[i + half] = round(radius * round(sine)) * std + mean;
  }
}
