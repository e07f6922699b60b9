/**
 * The sum of segments' sums. Rounded one after another, ten million numbers would lose the fourth digit: what each addition loses is summed beside (Knuth, "The Art
 * of Computer Programming" 2, 4.2.2, theorem B) and added at the end. Other combinations lose nothing, or nothing that could be kept.
 */
import type { Combine, ScalarType } from '@nn/backend';
import { type Code, f32x4, f64x2, type Local, V128, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import type { Quad } from '../../scalar/quad.ts';
import type { Fold, State } from '../fold.ts';

export class Total {
  readonly state: State;
  readonly #f: FunctionBuilder;
  readonly #fold: Fold;
  readonly #type: typeof f32x4 | typeof f64x2 | null;
  /** What additions lost, by vector. */
  readonly #lost: readonly Local[];

  constructor(f: FunctionBuilder, fold: Fold, combine: Combine | 'argmax' | 'argmin', type: ScalarType) {
    this.#f = f;
    this.#fold = fold;
    this.#type = combine !== 'sum' ? null : type === 'f32' ? f32x4 : type === 'f64' ? f64x2 : null;
    this.state = fold.state();
    this.#lost = this.#type === null ? [] : this.state.map(() => f.local(V128));
  }

  reset(): Code {
    const zero = this.#f.lanes('i32', 0);
    return [this.#fold.reset(this.state), this.#lost.map((lost) => lost.set(zero))];
  }

  /** Adds a segment's result. */
  merge(part: Quad): Code {
    const type = this.#type;
    if (type === null) return this.#fold.merge(this.state, part);
    const { add, sub } = type;
    const [next, added, sum] = this.#f.locals(V128, 3) as [Local, Local, Local];
    return this.state.map((total, i) => [
      next.set(part[i]!),
      sum.set(add(total, next)),
      added.set(sub(sum, total)),
      this.#lost[i]!.set(add(this.#lost[i]!, add(sub(total, sub(sum, added)), sub(next, added)))),
      total.set(sum),
    ]);
  }

  /** Code after the last merge: the state's values are the result from then on. */
  settle(): Code {
    const type = this.#type;
    return [
      // What an infinite sum lost is NaN.
      type === null
        ? []
        : this.#lost.map((lost, i) =>
            this.state[i]!.set(type.add(this.state[i]!, v128.and(lost, type.eq(lost, lost)))),
          ),
      this.#fold.settle(this.state),
    ];
  }
}
