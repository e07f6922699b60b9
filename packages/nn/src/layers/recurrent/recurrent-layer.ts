/** What RNN, LSTM and GRU have in common: options, parameters under PyTorch's names, layers on layers, directions side by side. */
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { cat, dropout, empty, type Shape, scope, stack, type Tensor } from '@nn/tensor';
import { filled, reshape, sameNumbers, shapeText, sizesOf, slice, transpose } from '@nn/tensor/internal';
import { checkProbability } from '../../functional/dropout.ts';
import { uniform_ } from '../../init/index.ts';
import { Module } from '../../module/module.ts';
import { ownParameter, type Parameter } from '../../module/parameter.ts';
import { pythonNumber } from '../../module/python-text.ts';
import type { FactoryOptions } from '../linear.ts';
import type { Recurrence } from './recurrence.ts';
import { Sequence } from './sequence.ts';
import { type Given, unroll, type Way } from './unroll.ts';

export interface RecurrentOptions extends FactoryOptions {
  /** How many layers lie on each other, each the input of the next; 1. */
  readonly numLayers?: number | undefined;
  /** Whether the gates have learnt biases, of the input and of the state; true. */
  readonly bias?: boolean | undefined;
  /** Whether input and output are (N, L, …) instead of (L, N, …); states are not. False. */
  readonly batchFirst?: boolean | undefined;
  /** The probability, in training, of an output that goes into the next layer to be dropped; 0. */
  readonly dropout?: number | undefined;
  /** Whether a second half of each layer goes through time from the end, its outputs beside the first's; false. */
  readonly bidirectional?: boolean | undefined;
}

/** Sizes and counts are whole numbers from 1 on. */
export function checkCount(op: string, name: string, value: unknown): void {
  if (!(Number.isInteger(value) && (value as number) > 0))
    throw new ValueError(op, `${name} must be a whole number above 0, got ${String(value)}`);
}

/** What a layer reads is of its weights' dtype. */
export function checkDtype(op: string, what: string, { dtype }: Tensor, weight: Tensor): void {
  if (dtype !== weight.dtype)
    throw new DTypeError(op, `${what} is ${dtype}, the weights ${weight.dtype}; convert with .to('${weight.dtype}')`);
}

/** Uniform in ±1/√hidden, all of a layer's parameters. */
export function resetRecurrent(parameters: readonly Parameter[], hiddenSize: number): void {
  const bound = 1 / Math.sqrt(hiddenSize);
  for (const parameter of parameters) uniform_(parameter, { a: -bound, b: bound });
}

/** What a layer gives: its outputs, and the last states of all layers and directions. */
interface Results {
  readonly output: Tensor;
  readonly states: Tensor[];
}

/** The names of one layer's parameters in one direction. */
const suffixOf = (layer: number, reverse: boolean): string => `l${layer}${reverse ? '_reverse' : ''}`;

export abstract class RecurrentLayer extends Module {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly bias: boolean;
  readonly batchFirst: boolean;
  readonly dropout: number;
  readonly bidirectional: boolean;
  /** Size to which the hidden state is projected; 0: it is not. */
  readonly projSize: number;
  /** Parameters by layer and direction: `weight_ih_l0`, `bias_hh_l1_reverse`. */
  [weight: `weight_${string}`]: Parameter;
  [bias: `bias_${string}`]: Parameter;

  constructor(inputSize: number, hiddenSize: number, gates: number, options: RecurrentOptions, projSize = 0) {
    super(options);
    const op = this.constructor.name;
    const { numLayers = 1, bias = true, batchFirst = false, dropout: p = 0, bidirectional = false } = options;
    checkCount(op, 'inputSize', inputSize);
    checkCount(op, 'hiddenSize', hiddenSize);
    checkCount(op, 'numLayers', numLayers);
    checkProbability(op, p);
    if (!(Number.isInteger(projSize) && projSize >= 0 && projSize < hiddenSize))
      throw new ValueError(
        op,
        `projSize ${projSize} must be a whole number from 0 (no projection) to below hiddenSize ${hiddenSize}`,
      );
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = p;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    const { dtype, backend } = options;
    const add = (name: string, ...shape: number[]): void =>
      void this.registerParameter(
        name,
        ownParameter<Shape, 'float16' | 'float32' | 'float64'>(empty(shape, { dtype, backend })),
      );
    const out = this.#outputSize;
    for (let layer = 0; layer < numLayers; layer++)
      for (const reverse of this.#directions) {
        const suffix = suffixOf(layer, reverse);
        const width = gates * hiddenSize;
        add(`weight_ih_${suffix}`, width, layer === 0 ? inputSize : out * this.#directions.length);
        add(`weight_hh_${suffix}`, width, out);
        if (bias) for (const part of ['ih', 'hh']) add(`bias_${part}_${suffix}`, width);
        if (projSize > 0) add(`weight_hr_${suffix}`, projSize, hiddenSize);
      }
    this.resetParameters();
  }

  /** Size of one direction's output. */
  get #outputSize(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize;
  }

  /** Whether each direction goes from the end. */
  get #directions(): readonly boolean[] {
    return this.bidirectional ? [false, true] : [false];
  }

  /** Draws new values for the parameters, uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    resetRecurrent(this.parameters({ recurse: false }), this.hiddenSize);
  }

  /** @internal Outputs and last states for initial ones; null: zeros. */
  '~run'(kind: Recurrence, input: Tensor, initial: readonly (Tensor | null)[]): Results {
    const isBatched = this.#checkInput(input);
    const time = isBatched && this.batchFirst ? 1 : 0;
    const batch = isBatched ? input.layout.shape[1 - time]! : 1;
    const sizes = [this.#outputSize, this.hiddenSize];
    initial.forEach((state, i) => {
      if (state !== null) this.#checkState(state, i === 0 ? 'h' : 'c', isBatched ? [batch] : [], sizes[i]!, input);
    });
    return scope(() => {
      const firsts = initial.map((state, i) => this.#firstStates(state, input, batch, sizes[i]!));
      const lasts: Tensor[][] = initial.map(() => []);
      const [length, features] = input.layout.shape as readonly [number, number];
      let x = isBatched ? input : reshape(input, [length, 1, features]);
      for (let layer = 0; layer < this.numLayers; layer++) {
        const halves = this.#directions.map((reverse, d) => {
          const states = firsts.map((first) => first(layer * this.#directions.length + d));
          const { output, ends } = this.#half({ kind, time, reverse }, suffixOf(layer, reverse), x, states);
          ends.forEach((end, i) => {
            lasts[i]!.push(end);
          });
          return output;
        });
        x = this.#joined(x, halves, layer, time, x === input);
      }
      const stacked = lasts.map((list) => stack(list) as Tensor);
      const given = (t: Tensor): Tensor => {
        const { shape } = t.layout;
        const out = reshape(t, isBatched ? shape : [shape[0]!, shape[2]!]);
        // Nothing else reaches what it is made from.
        out.base = null;
        return out;
      };
      // Even with a batch the output has a place of its own in the graph: gradients of the last states, which are parts of x, are none of the output's.
      return { output: given(x), states: isBatched ? stacked : stacked.map(given) };
    });
  }

  /** The next layer's input; what it is made from is given back, but for the first input. */
  #joined(x: Tensor, halves: readonly Tensor[], layer: number, time: number, isFirst: boolean): Tensor {
    const whole = halves.length === 1 ? halves[0]! : (cat(halves, { dim: 2 } as never) as Tensor);
    if (!isFirst) x.dispose();
    for (const half of halves) if (half !== whole) half.dispose();
    if (layer === this.numLayers - 1 || this.dropout === 0 || !this.training) return whole;
    // Masks are drawn step by step, as in PyTorch, whichever dimension holds the steps.
    const steps = time === 0 ? whole : transpose(whole, 0, time);
    const left = dropout(steps, { p: this.dropout }) as Tensor;
    if (steps !== whole) steps.dispose();
    whole.dispose();
    return time === 0 ? left : transpose(left, 0, time);
  }

  /** One layer in one direction. */
  #half(
    way: Way,
    suffix: string,
    x: Tensor,
    [h, c = null]: readonly (Tensor | null)[],
  ): { output: Tensor; ends: readonly Tensor[] } {
    const fields = this as unknown as Readonly<Record<string, Tensor | undefined>>;
    const own = (name: string): Tensor | null => fields[`${name}_${suffix}`] ?? null;
    const [biasIh, biasHh] = [own('bias_ih'), own('bias_hh')];
    const given: Given = [x, h!, c, own('weight_ih')!, own('weight_hh')!, biasIh, biasHh];
    const hr = own('weight_hr');
    const [output, cell = null] = hr === null ? Sequence.apply(way, ...given) : unroll(way, given, hr);
    const place = way.reverse ? 0 : output.layout.shape[way.time]! - 1;
    const end = reshape(slice(output, way.time, place, 1), h!.layout.shape);
    return { output, ends: cell === null ? [end] : [end, cell] };
  }

  /** States (N, size) by place, from what is given. */
  #firstStates(given: Tensor | null, input: Tensor, batch: number, size: number): (k: number) => Tensor {
    if (given !== null) return (k) => reshape(slice(given, 0, k, 1), [batch, size]);
    const { device, dtype } = input.layout;
    const zeros = filled(device, dtype, [batch, size], 0);
    return () => zeros;
  }

  /** Whether there is a batch. */
  #checkInput(input: Tensor): boolean {
    const op = this.constructor.name;
    const shape = sizesOf(op, input);
    const told = `got ${shapeText(shape)}`;
    if (shape.length !== 2 && shape.length !== 3)
      throw new ShapeError(
        op,
        `the input must be ${this.batchFirst ? '(N, L, inputSize)' : '(L, N, inputSize)'}, or (L, inputSize) without a batch: ${told}`,
      );
    if (shape.at(-1) !== this.inputSize)
      throw new ShapeError(op, `the input has ${shape.at(-1)} features, expected ${this.inputSize}: ${told}`);
    if (shape[shape.length === 3 && this.batchFirst ? 1 : 0] === 0)
      throw new ShapeError(op, `a sequence needs a time step at least: ${told}`);
    checkDtype(op, 'the input', input, this.weight_hh_l0!);
    return shape.length === 3;
  }

  #checkState(state: Tensor, name: string, batch: readonly number[], size: number, input: Tensor): void {
    const op = this.constructor.name;
    const wanted = [this.numLayers * this.#directions.length, ...batch, size];
    const shape = sizesOf(op, state);
    if (!sameNumbers(shape, wanted))
      throw new ShapeError(
        op,
        `the initial state ${name} has shape ${shapeText(shape)}, expected ${shapeText(wanted)} for the input ${shapeText(input.layout.shape)}`,
      );
    checkDtype(op, `the initial state ${name}`, state, this.weight_hh_l0!);
  }

  override extraRepr(): string {
    return [
      `${this.inputSize}, ${this.hiddenSize}`,
      ...(this.projSize > 0 ? [`proj_size=${this.projSize}`] : []),
      ...(this.numLayers === 1 ? [] : [`num_layers=${this.numLayers}`]),
      ...(this.bias ? [] : ['bias=False']),
      ...(this.batchFirst ? ['batch_first=True'] : []),
      ...(this.dropout === 0 ? [] : [`dropout=${pythonNumber(this.dropout)}`]),
      ...(this.bidirectional ? ['bidirectional=True'] : []),
    ].join(', ');
  }
}
