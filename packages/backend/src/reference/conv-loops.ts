/** Inner loops of convolution over one channel: in double precision for floats, in wrapping 32-bit arithmetic for integers. */

export type Plane = Float64Array | Int32Array;

/** Places are addresses of output positions (`bases`) plus distances of the weight's members (`taps`). */
export interface Arithmetic {
  make(length: number): Plane;
  /** sums[j] += Σ_t weight[w + t] · image[plane + bases[j] + taps[t]] */
  correlate(
    sums: Plane,
    image: Plane,
    plane: number,
    bases: Int32Array,
    taps: Int32Array,
    weight: Plane,
    w: number,
  ): void;
  /** image[bases[j] + taps[t]] += weight[w + t] · dy[y + j] */
  spread(image: Plane, dy: Plane, y: number, bases: Int32Array, taps: Int32Array, weight: Plane, w: number): void;
  /** sums[w + t] += Σ_j dy[y + j] · image[plane + bases[j] + taps[t]] */
  dot(
    sums: Plane,
    w: number,
    image: Plane,
    plane: number,
    bases: Int32Array,
    taps: Int32Array,
    dy: Plane,
    y: number,
  ): void;
}

export const floats: Arithmetic = {
  make: (length) => new Float64Array(length),
  correlate(sums, image, plane, bases, taps, weight, w) {
    const n = bases.length;
    let t = 0;
    // Four taps at a time: one load of the base and of the sum for four products.
    for (; t + 3 < taps.length; t += 4) {
      const [p, q, r, s] = [plane + taps[t]!, plane + taps[t + 1]!, plane + taps[t + 2]!, plane + taps[t + 3]!];
      const [a, b, c, d] = [weight[w + t]!, weight[w + t + 1]!, weight[w + t + 2]!, weight[w + t + 3]!];
      for (let j = 0; j < n; j++) {
        const base = bases[j]!;
        sums[j] =
          sums[j]! + (a * image[base + p]! + b * image[base + q]! + c * image[base + r]! + d * image[base + s]!);
      }
    }
    for (; t < taps.length; t++) {
      const p = plane + taps[t]!;
      const a = weight[w + t]!;
      for (let j = 0; j < n; j++) sums[j] = sums[j]! + a * image[bases[j]! + p]!;
    }
  },
  spread(image, dy, y, bases, taps, weight, w) {
    for (let t = 0; t < taps.length; t++) {
      const p = taps[t]!;
      const a = weight[w + t]!;
      for (let j = 0; j < bases.length; j++) image[bases[j]! + p]! += a * dy[y + j]!;
    }
  },
  dot(sums, w, image, plane, bases, taps, dy, y) {
    const n = bases.length;
    let t = 0;
    for (; t + 3 < taps.length; t += 4) {
      const [p, q, r, s] = [plane + taps[t]!, plane + taps[t + 1]!, plane + taps[t + 2]!, plane + taps[t + 3]!];
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let j = 0; j < n; j++) {
        const base = bases[j]!;
        const g = dy[y + j]!;
        a += g * image[base + p]!;
        b += g * image[base + q]!;
        c += g * image[base + r]!;
        d += g * image[base + s]!;
      }
      sums[w + t]! += a;
      sums[w + t + 1]! += b;
      sums[w + t + 2]! += c;
      sums[w + t + 3]! += d;
    }
    for (; t < taps.length; t++) {
      let a = 0;
      for (let j = 0; j < n; j++) a += dy[y + j]! * image[plane + bases[j]! + taps[t]!]!;
      sums[w + t]! += a;
    }
  },
};

export const integers: Arithmetic = {
  make: (length) => new Int32Array(length),
  correlate(sums, image, plane, bases, taps, weight, w) {
    for (let t = 0; t < taps.length; t++) {
      const p = plane + taps[t]!;
      for (let j = 0; j < bases.length; j++) sums[j]! += Math.imul(weight[w + t]!, image[bases[j]! + p]!);
    }
  },
  spread(image, dy, y, bases, taps, weight, w) {
    for (let t = 0; t < taps.length; t++) {
      for (let j = 0; j < bases.length; j++) image[bases[j]! + taps[t]!]! += Math.imul(weight[w + t]!, dy[y + j]!);
    }
  },
  dot(sums, w, image, plane, bases, taps, dy, y) {
    for (let t = 0; t < taps.length; t++) {
      for (let j = 0; j < bases.length; j++)
        sums[w + t]! += Math.imul(dy[y + j]!, image[plane + bases[j]! + taps[t]!]!);
    }
  },
};
