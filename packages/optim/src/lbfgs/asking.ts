/**
 * An algorithm that needs numbers to go on, written once for backends whose memory can be read at once and for those where reads are awaited: a generator that asks, and
 * two ways to answer it.
 */
import { ValueError } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { readSync, withTracking } from '@nn/tensor/internal';

/** What a closure returns. */
export type Loss = Tensor | number;

/** That the closure be called, or the numbers in tensors of one element. */
type Question = 'evaluate' | readonly Loss[];

export type Asking<R> = Generator<Question, R, unknown>;

/** The loss for the parameters as they are, after which they have its gradients. */
export function* evaluate(): Asking<Loss> {
  return (yield 'evaluate') as Loss;
}

/** All in one go: where reads are awaited, one round trip. Computed for this alone, tensors but the losses are given back. */
export function* numbers(loss: Loss | null, ...computed: Tensor[]): Asking<number[]> {
  const values = (yield loss === null ? computed : [loss, ...computed]) as number[];
  for (const t of computed) t.dispose();
  return values;
}

function checked(op: string, loss: unknown): Loss {
  const isSingle = (loss as Tensor | undefined | null)?.layout?.size === 1;
  if (typeof loss === 'number' || isSingle) return loss as Loss;
  const found = (loss as Tensor | undefined | null)?.layout;
  throw new ValueError(
    op,
    `the closure returned ${found === undefined ? String(loss) : `a tensor of shape (${found.shape.join(', ')})`}; it must return the loss, a tensor of one element or a number`,
  );
}

const next = <R>(asking: Asking<R>, answer: unknown): IteratorResult<Question, R> =>
  withTracking(false, () => asking.next(answer));

/** Answers at once. */
export function answered<R>(op: string, asking: Asking<R>, closure: () => unknown): R {
  let step = next(asking, undefined);
  while (step.done !== true) {
    const answer =
      step.value === 'evaluate'
        ? checked(op, withTracking(true, closure))
        : step.value.map((t) => (typeof t === 'number' ? t : readSync(t, op)[0]!));
    step = next(asking, answer);
  }
  return step.value;
}

/** Answers as soon as it can; the closure may be asynchronous too. */
export async function answeredAsync<R>(op: string, asking: Asking<R>, closure: () => unknown): Promise<R> {
  let step = next(asking, undefined);
  while (step.done !== true) {
    const answer =
      step.value === 'evaluate'
        ? checked(op, await withTracking(true, closure))
        : await Promise.all(step.value.map(async (t) => (typeof t === 'number' ? t : (await t.data())[0]!)));
    step = next(asking, answer);
  }
  return step.value;
}
