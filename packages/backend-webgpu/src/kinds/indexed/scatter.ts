/**
 * The `scatter` kind without atomic additions, so that every output combines its values in ascending order. Dimensions of the iteration along which outputs never meet are free: each of their elements is a
 * thread's own. The others are gone through in order: by one thread for all outputs that they may select, by one for each such output where those are few, or where they are many after sorting the values by their
 * output, so that a thread has those of one side by side. That form has no shader with all operands, so it also stands in where those and the faults are more than a shader may bind.
 */
import { type Geometry, product, type ScatterKernel } from '@nn/backend';
import { groupsOf, type Kind, type Pass } from '../kind.ts';
import type { Source } from '../source.ts';
import { address, coordinates } from '../walk.ts';
import { sortedScatter } from './sorted.ts';
import {
  combineAt,
  type Index,
  indexedBindings,
  indexedWords,
  readIndices,
  targetNumber,
  targetOffset,
  type Walked,
} from './target.ts';

const threads = 64;
/** Free elements that keep a device busy. */
const enough = 8192;
/** Steps in order that are soon done; targets up to which each looks for its own values, where there are more values. */
const few = 8;
const fewTargets = 256;

export const scatterKind: Kind<ScatterKernel> = {
  variant: (kernel, geometry, { storageBuffers }) => {
    const free = freeDimensions(geometry);
    const all = [...geometry.sizes.keys()];
    const order = [...free, ...all.filter((d) => !free.includes(d))];
    const sizes = order.map((d) => geometry.sizes[d]!);
    const outer = product(sizes.slice(0, free.length));
    const inner = product(sizes.slice(free.length));
    const targets = product(kernel.indices.map((_, k) => geometry.extents[2 * k]!));
    const serial = kernel.indices.length === 0 || inner <= few || outer >= enough;
    const bindings = indexedBindings(kernel.dtype, kernel.dtype, kernel.indices);
    if ((!serial && targets > fewTargets) || bindings.length > storageBuffers)
      return sortedScatter(kernel, geometry, order, free.length, targets);
    const units = inner === 0 ? 0 : serial ? outer : outer * targets;
    const pass: Pass = {
      key: `${serial ? 's' : 't'}${free.length}`,
      bindings,
      words: [units, inner, targets, ...sizes, ...indexedWords(geometry, order)],
      groups: groupsOf(Math.ceil(units / threads)),
      threads: [threads],
      emit: (source) => new Writer(source, kernel, free.length).write(!serial),
    };
    return { passes: [pass] };
  },
};

/** Dimensions along which no two elements have one target: all that move the output, if their steps and those of the indices can't add up to the same place in two ways. */
function freeDimensions({ sizes, strides, extents }: Geometry): number[] {
  const moving = [...sizes.keys()].filter((d) => strides[0]![d] !== 0 || sizes[d]! <= 1);
  const steps = moving.map((d) => ({ size: sizes[d]!, stride: Math.abs(strides[0]![d]!) }));
  for (let k = 0; k < extents.length; k += 2) steps.push({ size: extents[k]!, stride: Math.abs(extents[k + 1]!) });
  let reach = 0;
  for (const { size, stride } of steps.filter((step) => step.size > 1).sort((p, q) => p.stride - q.stride)) {
    if (stride <= reach) return [];
    reach += (size - 1) * stride;
  }
  return moving;
}

class Writer {
  readonly #source: Source;
  readonly #kernel: ScatterKernel;
  readonly #free: number;

  constructor(source: Source, kernel: ScatterKernel, free: number) {
    this.#source = source;
    this.#kernel = kernel;
    this.#free = free;
  }

  /** Word at which the strides of an operand begin. */
  #strides(operand: number): number {
    return 3 + this.#kernel.rank * (1 + operand);
  }

  write(byTarget: boolean): void {
    const source = this.#source;
    const { rank, indices } = this.#kernel;
    const free = this.#free;
    source.line(`let i = ${source.unit} * ${threads}u + lane;`, `if (i >= ${source.word(0)}) { return; }`);
    if (byTarget) source.line(`let own = i % ${source.word(2)};`, `let outer = i / ${source.word(2)};`);
    const at = coordinates(source, byTarget ? 'outer' : 'i', free, 3);
    const walked = (operand: number): Walked => ({ binding: operand, strides: this.#strides(operand) });
    // Where each operand is for this thread's part of the free dimensions.
    const origins = Array.from({ length: 2 + indices.length }, (_, operand) =>
      source.let(address(source, source.start(operand), at, this.#strides(operand)), 'o'),
    );
    const body: string[] = [];
    const inner = coordinates(source, 'j', rank - free, 3 + free, body);
    const addressOf = ({ binding, strides }: Walked): string =>
      address(source, origins[binding]!, inner, strides + free);
    const extents = this.#strides(2 + indices.length);
    const places = readIndices(
      source,
      body,
      indices.map((_, k): Index => ({ ...walked(2 + k), extents: extents + 2 * k })),
      addressOf,
    );
    const value = source.load(1, addressOf(walked(1)));
    if (byTarget) {
      const target = source.let(`${origins[0]} + ${targetOffset(source, 'own', indices.length, extents)}`, 'to');
      body.push(
        `if (${targetNumber(source, places, extents)} == own) {`,
        ...combineAt(source, this.#kernel, target, value),
        '}',
      );
    } else {
      const to = [
        addressOf(walked(0)),
        ...places.map((place, k) => `${place} * ${source.word(extents + 2 * k + 1)}`),
      ].join(' + ');
      body.push(`let to = ${to};`, ...combineAt(source, this.#kernel, 'to', value));
    }
    source.line(`for (var j = 0u; j < ${source.word(1)}; j++) {`, ...body, '}');
  }
}
