/** What L-BFGS remembers from step to step, the direction that follows from it, and its form in a state dict. */
import { add, dtypes, type Expression, input, sub as minus, ShapeError, mul as times, ValueError } from '@nn/backend';
import { dot, mul, neg, scope, select, stack, type Tensor } from '@nn/tensor';
import { clone, dispatchInto, type Layout, Op, outlive, sameNumbers } from '@nn/tensor/internal';
import type { ParameterState } from '../optimizer.ts';
import { lasting } from './flat.ts';

/** A step of the past: how the gradient changed (y), the step (s), and 1 / yᵀs. */
interface Pair {
  readonly y: Tensor;
  readonly s: Tensor;
  readonly ro: Tensor;
}

export interface Memory {
  /** Calls of the closure, and iterations, over all steps. */
  funcEvals: number;
  nIter: number;
  /** The last direction and how far it was followed. */
  d: Tensor | null;
  t: number;
  /** Oldest first. */
  pairs: Pair[];
  /** The scale of the inverse Hessian that the pairs correct; absent: 1. */
  hDiag: Tensor | null;
  prevFlatGrad: Tensor | null;
  prevLoss: number;
}

export const emptyMemory = (): Memory => ({
  funcEvals: 0,
  nIter: 0,
  d: null,
  t: 0,
  pairs: [],
  hDiag: null,
  prevFlatGrad: null,
  prevLoss: 0,
});

/** The same memory of other tensors. */
export function mapTensors(memory: Memory, change: (t: Tensor) => Tensor): Memory {
  const { d, hDiag, prevFlatGrad } = memory;
  return {
    ...memory,
    d: d && change(d),
    hDiag: hDiag && change(hDiag),
    prevFlatGrad: prevFlatGrad && change(prevFlatGrad),
    pairs: memory.pairs.map(({ y, s, ro }) => ({ y: change(y), s: change(s), ro: change(ro) })),
  };
}

export function tensorsOf({ d, hDiag, prevFlatGrad, pairs }: Memory): Set<Tensor> {
  const all = [d, hDiag, prevFlatGrad, ...pairs.flatMap(({ y, s, ro }) => [y, s, ro])];
  return new Set(all.filter((t) => t !== null));
}

function folding(read: (x: (i: number) => Expression) => Expression): Op<'map'> {
  return new Op('map', 'LBFGS', {
    inPlace: true,
    build: ([layout]: readonly Layout[]) => {
      const { dtype } = layout!;
      return { outputs: [{ dtype, expression: read((i) => input(i, dtypes[dtype].scalar)) }], scalars: 0 };
    },
  });
}

/** q − (sᵀq · ρ) y. Operands: q, y, sᵀq, ρ. */
const backOp = folding((x) => minus(x(0), times(times(x(2), x(3)), x(1))));
/** r + (sᵀq · ρ − yᵀr · ρ) s. Operands: r, s, sᵀq, yᵀr, ρ. */
const forthOp = folding((x) => add(x(0), times(minus(times(x(2), x(4)), times(x(3), x(4))), x(1))));

/** Minus the inverse Hessian times the gradient, by two passes over the pairs (Nocedal 1980); nothing is read back. */
export const direction = (gradient: Tensor, { pairs, hDiag }: Memory): Tensor =>
  lasting(() => {
    const q = neg(gradient) as Tensor;
    const shares: Tensor[] = [];
    for (let i = pairs.length - 1; i >= 0; i--) {
      const { y, s, ro } = pairs[i]!;
      shares[i] = dot(s, q);
      dispatchInto(backOp, [q, y, shares[i]!, ro]);
    }
    const r = hDiag === null ? q : (mul(q, hDiag) as Tensor);
    pairs.forEach(({ y, s, ro }, i) => {
      dispatchInto(forthOp, [r, s, shares[i]!, dot(y, r), ro]);
    });
    return r;
  });

/** As numbers and tensors of the dict's own; pairs are rows. What doesn't exist yet is left out. */
export function written({ funcEvals, nIter, d, t, pairs, hDiag, prevFlatGrad, prevLoss }: Memory): ParameterState {
  const state: ParameterState = { funcEvals, nIter };
  if (d === null || prevFlatGrad === null) return state;
  Object.assign(state, { d: clone(d), t, prevFlatGrad: clone(prevFlatGrad), prevLoss });
  state['HDiag'] = hDiag === null ? 1 : clone(hDiag);
  if (pairs.length > 0) {
    state['oldDirs'] = stack(pairs.map(({ y }) => y)) as Tensor;
    state['oldStps'] = stack(pairs.map(({ s }) => s)) as Tensor;
    state['ro'] = stack(pairs.map(({ ro }) => ro)) as Tensor;
  }
  return state;
}

/** What `written` gave, as tensors of its own, where they are. */
export const read = (op: string, state: Readonly<ParameterState>, size: number): Memory =>
  scope(() => taken(op, state, size));

function taken(op: string, state: Readonly<ParameterState>, size: number): Memory {
  const number = (name: string): number => (typeof state[name] === 'number' ? (state[name] as number) : 0);
  const memory = emptyMemory();
  memory.funcEvals = number('funcEvals');
  memory.nIter = number('nIter');
  const given = (name: string, ...shape: number[]): Tensor => {
    const value = state[name] as Tensor | undefined;
    if (value?.shape === undefined)
      throw new ValueError(
        op,
        `the state has no ${name}, a tensor of shape (${shape.join(', ')}); was it saved by LBFGS?`,
      );
    if (!sameNumbers(value.shape, shape))
      throw new ShapeError(
        op,
        `${name} has shape (${value.shape.join(', ')}), it should be (${shape.join(', ')}): there are ${size} elements in the parameters`,
      );
    return value;
  };
  if (memory.nIter === 0) return memory;
  memory.t = number('t');
  memory.prevLoss = number('prevLoss');
  memory.d = given('d', size);
  memory.prevFlatGrad = given('prevFlatGrad', size);
  if (typeof state['HDiag'] === 'object') memory.hDiag = given('HDiag');
  const count = typeof state['ro'] === 'object' ? state['ro'].layout.size : 0;
  if (count > 0) {
    const [y, s, ro] = [given('oldDirs', count, size), given('oldStps', count, size), given('ro', count)];
    memory.pairs = Array.from({ length: count }, (_, i) => ({
      y: select(y, 0, i),
      s: select(s, 0, i),
      ro: select(ro, 0, i),
    }));
  }
  return mapTensors(memory, (t) => outlive(clone(t)));
}
