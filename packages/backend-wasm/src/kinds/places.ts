/**
 * Where elements of a row stand, as expressions say it: quotients and remainders of the coordinate, such as the row and the column of a matrix among many. Vectors
 * have no integer division. So it is done for a row's ends: where no quotient changes between them, quotients stand still along the row and
 * remainders count up. Other rows divide everywhere.
 */
import { type Expression, topological } from '@nn/backend';
import { type Code, choose, I32, i32, i32x4, type Local, type Operand, V128, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { emit, type Known } from '../scalar/emit.ts';
import { ascending, type Quad } from '../scalar/quad.ts';

/** The nodes below a root that are left to compute. */
export function needed(root: Expression, known: Known): ReadonlySet<Expression> {
  const found = new Set<Expression>();
  const visit = (node: Expression): void => {
    if (known.has(node) || found.has(node)) return;
    found.add(node);
    node.args.forEach(visit);
  };
  visit(root);
  return found;
}

/** A node's values at the ends of a row. */
interface Ends {
  readonly first: Local;
  readonly last: Local;
  /** Whether it counts up along a row where no quotient changes; else it stands still. */
  readonly counts: boolean;
}

export class Places {
  readonly #f: FunctionBuilder;
  readonly #known: Known;
  readonly #nodes = new Map<Expression, Ends>();
  readonly #isPlain: Local;

  /** `steady` nodes are the same everywhere, and among the known ones. */
  constructor(f: FunctionBuilder, roots: readonly Expression[], steady: ReadonlySet<Expression>, known: Known) {
    this.#f = f;
    this.#known = known;
    this.#isPlain = f.local(I32);
    for (const node of topological(...roots)) {
      const { op, type, args } = node;
      const [x, by] = args;
      if (type !== 'i32' || (op !== 'rem' && op !== 'div') || !steady.has(by!)) continue;
      const isCoordinate = x!.op === 'coordinate';
      if (!isCoordinate && this.#nodes.get(x!)?.counts !== false) continue;
      const [first, last] = f.locals(I32, 2) as [Local, Local];
      this.#nodes.set(node, { first, last, counts: isCoordinate && op === 'rem' });
    }
  }

  /** Code at the head of a row that starts at a coordinate. */
  ofRow(start: Code, size: Operand): Code {
    if (this.#nodes.size === 0) return [];
    const divisor = this.#f.local(I32);
    const length = i32.sub(size, 1);
    return [
      this.#isPlain.set(i32.const(1)),
      [...this.#nodes].map(([{ op, args }, { first, last, counts }]) => {
        const [x, by] = args as [Expression, Expression];
        const ends = this.#nodes.get(x);
        // By 0 is 0.
        const divided = (value: Operand): Code =>
          choose(
            divisor,
            (op === 'div' ? i32.divS : i32.remS)(value, choose(divisor, divisor, i32.const(1))),
            i32.const(0),
          );
        return [
          divisor.set(i32x4.extractLane(this.#known.get(by)![0]!, 0)),
          first.set(divided(ends?.first ?? start)),
          last.set(divided(ends?.last ?? i32.add(start, length))),
          this.#isPlain.set(i32.and(this.#isPlain, i32.eq(i32.sub(last, first), counts ? length : 0))),
        ];
      }),
    ];
  }

  /** Code that makes known what of places a root needs, for the vector at `index` and q vectors further on. */
  at(root: Expression, index: Local, q: number, known: Known, coordinate: (q: number) => Quad): Code {
    const below = needed(root, known);
    const nodes = [...this.#nodes].filter(([node]) => below.has(node));
    if (nodes.length === 0) return [];
    const f = this.#f;
    const slowly: Known = new Map(known);
    const dividing = emit(
      f,
      nodes.map(([node]) => node),
      slowly,
      () => coordinate(q),
    );
    const kept = nodes.map(([node]) => {
      const local = f.local(V128);
      known.set(node, [local]);
      return local;
    });
    return when(
      this.#isPlain,
      nodes.map(([, { first, counts }], i) =>
        kept[i]!.set(counts ? ascending(f, i32.add(first, index), 4 * q) : i32x4.splat(first)),
      ),
      [dividing, nodes.map(([node], i) => kept[i]!.set(slowly.get(node)![0]!))],
    );
  }
}
