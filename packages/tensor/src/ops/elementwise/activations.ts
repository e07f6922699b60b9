/** Smooth activation functions. All but softsign and tanhshrink take floats only, as in PyTorch. Those of straight pieces are in `rectifiers.ts`. */
import * as rows from '@nn/backend';
import { type Expression, mul, ShapeError, same, sigmoid, sub, ValueError } from '@nn/backend';
import { dimension, shapeText } from '../../core/collapse.ts';
import { composite, compositeOp } from '../../core/composite.ts';
import { fresh } from '../../core/dispatch.ts';
import { dispatchUpdate } from '../../core/in-place.ts';
import { layoutOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op } from '../../core/op.ts';
import { state } from '../../core/state.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { cat } from '../shape/join.ts';
import { sliceView } from '../shape/views.ts';
import { neg } from './arithmetic.ts';
import { binary, element, parametric, parametricInPlace, unary, unaryInPlace } from './build.ts';
import { sigmoid as sigmoidOf } from './exponential.ts';
import { sizesOf } from './operand.ts';
import type {
  FloatFunction,
  InPlaceFunction,
  InPlaceOptionsFunction,
  OptionsFunction,
  UnaryFunction,
} from './signatures.ts';

/** The self-normalising elu of Klambauer et al. 2017. PyTorch: `F.selu`. */
export const selu: UnaryFunction = unary(rows.selu);
export const selu_: InPlaceFunction = unaryInPlace(rows.selu);
/** x · sigmoid(x). PyTorch: `F.silu`. */
export const silu: UnaryFunction = unary(rows.silu);
export const silu_: InPlaceFunction = unaryInPlace(rows.silu);
/** x · tanh(softplus(x)). PyTorch: `F.mish`. */
export const mish: UnaryFunction = unary(rows.mish);
export const mish_: InPlaceFunction = unaryInPlace(rows.mish);
/** x / (1 + |x|). PyTorch: `F.softsign`. */
export const softsign: FloatFunction = unary(rows.softsign, 'float');
/** x − tanh(x). PyTorch: `F.tanhshrink`. */
export const tanhshrink: FloatFunction = unary(rows.tanhshrink, 'float');
/** log(sigmoid(x)), without overflow. PyTorch: `F.logsigmoid`. */
export const logsigmoid: UnaryFunction = unary('logsigmoid', 'promote', rows.logSigmoid);

/** Options of gelu. */
export interface GeluOptions {
  /** 'none': with erf; 'tanh': the approximation of Hendrycks & Gimpel 2016. */
  readonly approximate?: 'none' | 'tanh' | undefined;
}

const geluOf = unary(rows.gelu);
const geluTanhOf = unary('gelu', 'promote', rows.geluTanh);

/**
 * x · Φ(x), where Φ is the normal distribution function. PyTorch: `F.gelu`.
 * @example
 * ```ts
 * import { gelu, tensor } from '@nn/tensor';
 * console.log(await gelu(tensor([-100, 0, 100])).toArray()); // prints: [ -0, 0, 100 ]
 * ```
 */
export const gelu: OptionsFunction<GeluOptions> = ((x: Tensor, options?: GeluOptions) => {
  if (options !== undefined) checkNamed('gelu', options);
  const approximate = options?.approximate ?? 'none';
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new ValueError('gelu', `approximate is '${String(approximate)}'; it must be 'none' or 'tanh'`);
  return approximate === 'none' ? geluOf(x) : geluTanhOf(x);
}) as never;

/** Options of elu and celu. */
export interface EluOptions {
  /** The limit for x → −inf, negated; 1. */
  readonly alpha?: number | undefined;
}

const eluOf = parametric(rows.elu, 1);
const eluInto = parametricInPlace(rows.elu, 1);
const celuOf = parametric(rows.celu, 1);
const celuInto = parametricInPlace(rows.celu, 1);

function alphaOf(op: string, options: EluOptions | undefined): number[] {
  if (options !== undefined) checkNamed(op, options);
  const alpha = options?.alpha ?? 1;
  if (alpha === 0 && op.startsWith('celu'))
    throw new ValueError(op, 'alpha is 0, and x is divided by it; use relu for that limit');
  return [alpha];
}

/** x, or alpha · (eˣ − 1) below 0. PyTorch: `F.elu`. */
export const elu: OptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) =>
  eluOf(x, alphaOf('elu', options))) as never;
export const elu_: InPlaceOptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) =>
  eluInto(x, alphaOf('elu_', options))) as never;
/** x, or alpha · (e^(x / alpha) − 1) below 0. PyTorch: `F.celu`. */
export const celu: OptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) =>
  celuOf(x, alphaOf('celu', options))) as never;
export const celu_: InPlaceOptionsFunction<EluOptions> = ((x: Tensor, options?: EluOptions) =>
  celuInto(x, alphaOf('celu_', options))) as never;

/** Options of softplus. */
export interface SoftplusOptions {
  /** Sharpness; 1. */
  readonly beta?: number | undefined;
  /** Where beta · x exceeds it the result is x; 20. */
  readonly threshold?: number | undefined;
}

const softplusOf = parametric(rows.softplus, 2);

/** log(1 + e^(beta · x)) / beta, a smooth relu. PyTorch: `F.softplus`. */
export const softplus: OptionsFunction<SoftplusOptions> = ((x: Tensor, options?: SoftplusOptions) => {
  if (options !== undefined) checkNamed('softplus', options);
  return softplusOf(x, [options?.beta ?? 1, options?.threshold ?? 20]);
}) as never;

/** Options of glu. */
export interface GluOptions {
  /** The dimension that is halved; −1. */
  readonly dim?: number | undefined;
}

const gated = binary('glu', 'promote', (x, gate) => mul(x!, sigmoid(gate!)), 'float');

/** The halves of a dimension. */
function halves(x: Tensor, dim: number): [Tensor, Tensor] {
  const half = x.layout.shape[dim]! / 2;
  return [sliceView(x, dim, 0, half), sliceView(x, dim, half, half)];
}

/** Both gradients in one launch, each stored in its half of a tensor: what is stored in comes first. */
const slopesOp = new Op('map', 'gluBackward', {
  inPlace: true,
  build: ([, , layout]) => {
    const [x, gate, g] = [2, 3, 4].map((j) => element(layout!, j)) as [Expression, Expression, Expression];
    const open = sigmoid(gate);
    const value = mul(g, open);
    const { dtype } = layout!;
    const outputs = [value, mul(mul(value, x), sub(same(1, open), open))];
    return { outputs: outputs.map((expression) => ({ dtype, expression })), scalars: 0 };
  },
});

const gluOps = new Map<number, Op<'composite'>>();

/** Over a dimension: x̄ = ȳ σ(gate), and of the gate ȳ x σ(gate) (1 - σ(gate)). */
function gluOp(dim: number): Op<'composite'> {
  let op = gluOps.get(dim);
  if (op === undefined) {
    op = compositeOp('glu', {
      needs: () => bit(0),
      apply: (node, _, g) =>
        scope(() => {
          const x = savedInput(node, 0);
          const [value, gate] = halves(x, dim);
          // Halves of a block that a launch must have for itself can't both be written by one.
          if (state.tracking || x.backend.slotsPerBlock === 1) {
            const passed = gated(g, gate);
            return cat([passed, passed.mul(value).mul(sigmoidOf(neg(gate) as Tensor))] as Tensor[], { dim });
          }
          const out = fresh(layoutOf(x.layout.device, x.dtype, x.layout.shape), 'gluBackward');
          dispatchUpdate(slopesOp, [...halves(out, dim), value, gate, g], [0, 1], []);
          return out;
        }),
    });
    gluOps.set(dim, op);
  }
  return op;
}

/**
 * The first half of a dimension times the sigmoid of the second (Dauphin et al. 2016). PyTorch: `F.glu`.
 * @example
 * ```ts
 * import { glu, tensor } from '@nn/tensor';
 * console.log(await glu(tensor([[1, 2, 0, 0]])).toArray()); // prints: [ [ 0.5, 1 ] ]
 * ```
 */
export const glu: <A extends Tensor>(x: A, options?: GluOptions) => Tensor<Shape, A['dtype']> = ((
  x: Tensor,
  options: GluOptions = {},
) => {
  const shape = sizesOf('glu', x);
  const dim = dimension('glu', checkNamed('glu', options).dim ?? -1, shape.length);
  const size = shape[dim] ?? 1;
  if (shape.length === 0 || size % 2 !== 0)
    throw new ShapeError(
      'glu',
      `dimension ${dim} of shape ${shapeText(shape)} can't be halved; it must have an even size`,
    );
  return composite(gluOp(dim), [x], () => gated(...halves(x, dim)));
}) as never;
