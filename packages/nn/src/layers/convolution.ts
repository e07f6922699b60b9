/** What convolutions and transposed convolutions have in common as modules: settings, parameters and their initial values, the printed form. */
import { ValueError } from '@nn/backend';
import { empty, type Padding, type PerDimension, type Shape, type ShapeFunction } from '@nn/tensor';
import type { ConvGeometry } from '@nn/tensor/internal';
import { convGeometry, transposedGeometry } from '../functional/conv-geometry.ts';
import { perAxis } from '../functional/per-axis.ts';
import { calculateFanInAndFanOut, kaimingUniform_, uniform_ } from '../init/index.ts';
import { PlainLayer } from '../module/layer.ts';
import { ownParameter, type Parameter } from '../module/parameter.ts';
import { pythonTuple } from '../module/python-text.ts';
import type { FactoryOptions } from './linear.ts';

/** What stands around the input: zeros, or what `pad` makes of the input itself. */
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular';

const paddingModes: readonly string[] = ['zeros', 'reflect', 'replicate', 'circular'] satisfies readonly PaddingMode[];

/** Options of both kinds. */
interface ConvolutionOptions extends FactoryOptions {
  readonly stride?: PerDimension | undefined;
  readonly padding?: Padding | undefined;
  readonly outputPadding?: PerDimension | undefined;
  readonly dilation?: PerDimension | undefined;
  readonly groups?: number | undefined;
  readonly bias?: boolean | undefined;
  readonly paddingMode?: PaddingMode | undefined;
}

export abstract class Convolution<F extends ShapeFunction, O extends number> extends PlainLayer<F> {
  readonly inChannels: number;
  readonly outChannels: O;
  /** One number an axis, as in `stride`, `padding` and `dilation`. */
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | 'same' | 'valid';
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
  readonly paddingMode: PaddingMode;
  weight: Parameter;
  bias: Parameter<readonly [O]> | null;
  /** The settings for the kernel. */
  readonly #geometry: ConvGeometry;

  protected constructor(
    axes: number,
    inChannels: number,
    outChannels: O,
    kernelSize: PerDimension,
    options: ConvolutionOptions,
    transposed: boolean,
  ) {
    super(options);
    const op = this.constructor.name;
    const { padding = 0, groups = 1, bias = true, paddingMode = 'zeros', dtype, backend } = options;
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.groups = groups;
    this.transposed = transposed;
    this.kernelSize = perAxis(op, 'kernelSize', kernelSize, axes, 1);
    this.#geometry = (transposed ? transposedGeometry : convGeometry)(op, this.kernelSize, options);
    this.stride = this.#geometry.stride;
    this.dilation = this.#geometry.dilation;
    this.padding = typeof padding === 'string' ? padding : this.#geometry.before;
    this.outputPadding = perAxis(op, 'outputPadding', options.outputPadding ?? 0, axes, 0);
    for (const [name, channels] of Object.entries({ inChannels, outChannels }))
      if (channels % groups !== 0)
        throw new ValueError(op, `${name} must be divisible by groups, but ${channels} is not by ${groups}`);
    if (!paddingModes.includes(paddingMode))
      throw new ValueError(op, `there is no paddingMode '${paddingMode}'; there are ${paddingModes.join(', ')}`);
    this.paddingMode = paddingMode;
    const channels = transposed ? [inChannels, outChannels / groups] : [outChannels, inChannels / groups];
    const factory = { dtype, backend };
    this.weight = ownParameter<Shape, 'float16' | 'float32' | 'float64'>(
      empty([...channels, ...this.kernelSize], factory),
    );
    this.bias = bias ? ownParameter(empty([outChannels] as const, factory)) : null;
    this.resetParameters();
  }

  /** How the kernel moves, by axis. */
  protected get geometry(): ConvGeometry {
    return this.#geometry;
  }

  /** Draws new values for the parameters. */
  resetParameters(): void {
    // He et al. 2015 with a = √5, which is ±1/√fanIn.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const [fanIn] = calculateFanInAndFanOut(this.weight);
    const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
    uniform_(this.bias, { a: -bound, b: bound });
  }

  override extraRepr(): string {
    const { padding, dilation, outputPadding, groups, paddingMode } = this;
    const isNot = (values: readonly number[], usual: number): boolean => values.some((n) => n !== usual);
    const parts = [
      `${this.inChannels}, ${this.outChannels}`,
      `kernel_size=${pythonTuple(this.kernelSize)}`,
      `stride=${pythonTuple(this.stride)}`,
      ...(typeof padding === 'string'
        ? [`padding=${padding}`]
        : isNot(padding, 0)
          ? [`padding=${pythonTuple(padding)}`]
          : []),
      ...(isNot(dilation, 1) ? [`dilation=${pythonTuple(dilation)}`] : []),
      ...(isNot(outputPadding, 0) ? [`output_padding=${pythonTuple(outputPadding)}`] : []),
      ...(groups === 1 ? [] : [`groups=${groups}`]),
      ...(this.bias === null ? ['bias=False'] : []),
      ...(paddingMode === 'zeros' ? [] : [`padding_mode=${paddingMode}`]),
    ];
    return parts.join(', ');
  }
}
