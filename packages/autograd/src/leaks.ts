/** For tests: that a piece of code gives back what it takes. */
import { AutogradError } from '@nn/backend';
import { memory, scope } from '@nn/tensor';

/**
 * Runs a function twice inside of scopes and throws if the second run left more memory live than the first: something outside holds what it made (a list, a hook, a graph). The
 * function must be synchronous; what it returns is released too.
 */
export function expectNoLeaks(body: () => unknown): void {
  const run = (): number => {
    scope(() => {
      body();
    });
    const { live, free } = memory();
    return live - free;
  };
  run();
  const first = run();
  const second = run();
  if (second > first) {
    const holders = memory()
      .byTag.slice(0, 3)
      .map(({ tag, bytes }) => `${tag} ${bytes}`);
    throw new AutogradError(
      'expectNoLeaks',
      `each run leaves ${second - first} bytes behind; largest holders: ${holders.join(', ')} bytes`,
    );
  }
}
