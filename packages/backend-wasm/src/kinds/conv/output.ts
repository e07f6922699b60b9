/** From sums in registers to memory: the epilogue on vectors, then each lane to its place, turned so that lanes lie side by side where that is possible. */
import {
  add,
  type ConvKernel,
  dtypes,
  type Expression,
  input,
  inputsOf,
  output,
  rewrite,
  withArguments,
} from '@nn/backend';
import { type Code, type FunctionBuilder, i32, type Local, v128 } from '../../assembler/index.ts';
import { emit, type Known, lower } from '../../scalar/emit.ts';
import { ascending, type Quad, turned } from '../../scalar/quad.ts';
import { keepPacked, loadNumber, storeLane } from '../access.ts';
import type { BlockLayout } from '../kind.ts';
import type { Arithmetic } from './arithmetic.ts';

/** Four sums, of which `lanes` count, and their places in bytes: of the first from the pointer, and from one to the next. */
interface Four {
  readonly sums: readonly Local[];
  readonly target: number;
  readonly step: number;
  readonly lanes: number;
}

/** The epilogue over the sum (`output`), if sums may start at the bias instead of at zero: where the two only ever meet. */
export function startedEpilogue({ dtype, bias, epilogue }: ConvKernel): Expression | null {
  const type = dtypes[dtype].scalar;
  const met = add(input(0, type), input(1, type));
  const rest = rewrite(epilogue, (node, args) => (node === met ? output(type) : withArguments(node, args)));
  return bias && inputsOf(rest).length === 0 ? rest : null;
}

/** Code that finishes and stores sums which have their biases in common. */
export function finished(
  f: FunctionBuilder,
  kernel: ConvKernel,
  layout: BlockLayout,
  arithmetic: Arithmetic,
  target: Local,
  block: Local,
  fours: readonly Four[],
  bias: Quad,
): Code {
  const { dtype, stored } = arithmetic;
  const started = startedEpilogue(kernel);
  const root = lower(started ?? kernel.epilogue);
  const { scalar: type } = dtypes[dtype];
  const sum = started === null ? input(0, type) : output(type);
  const leaves: Known = new Map([[sum, []]]);
  const before = emit(
    f,
    [root],
    leaves,
    (leaf) => {
      if (leaf.op === 'input') return bias;
      return loadNumber(block, leaf);
    },
    ({ op, args }) => args.length === 0 && op !== 'coordinate',
  );
  const values: (readonly Local[])[] = [];
  const computed = fours.map(({ sums, target: at, step }) => {
    const known: Known = new Map(leaves).set(sum, sums);
    const code = emit(f, [root], known, () => {
      const first = i32.divU(i32.sub(i32.add(target, at), i32.load(block, layout.operand(0))), stored);
      return [ascending(f, first, 0, step / stored)];
    });
    const kept = stored > 1 ? { kept: known.get(root)!, code: [] } : keepPacked(f, dtype, known.get(root)!);
    values.push(kept.kept);
    return [code, kept.code];
  });
  const stores: Code[] = [];
  for (let i = 0, n = 1; i < fours.length; i += n) {
    const { target: at, step, lanes } = fours[i]!;
    // So many lie side by side, lane by lane.
    const beside = (count: number): boolean =>
      fours.slice(i, i + count).filter((four, j) => four.target === at + 4 * j && four.lanes === lanes).length ===
      count;
    const whole = step === 4 && lanes === 4;
    n = stored !== 4 || step === 4 ? 1 : beside(4) ? 4 : beside(2) ? 2 : 1;
    const { code, values: rows } =
      n > 1
        ? turned(
            f,
            values.slice(i, i + n).map(([value]) => value!),
          )
        : { code: [], values: values[i]! };
    stores.push(code);
    for (let lane = 0; lane < (stored === 4 && whole ? 1 : lanes); lane++) {
      const to = at + lane * step;
      if (n === 4 || (stored === 4 && whole)) stores.push(v128.store(target, rows[lane]!, to));
      else if (n === 2) stores.push(v128.store64Lane(target, rows[lane >> 1]!, lane & 1, to));
      else stores.push(storeLane(dtype, target, rows, lane, to));
    }
  }
  return [before, computed, stores];
}
