/** Running something again with the random numbers that it had the first time. */
import { getRngState, setRngState } from '@nn/tensor';

/** Remembers the default generator; the answer runs a function from there and then goes on from where the generator is by then. */
export function replayRandom(): <R>(body: () => R) => R {
  const then = getRngState();
  return (body) => {
    const now = getRngState();
    setRngState(then);
    try {
      return body();
    } finally {
      setRngState(now);
    }
  };
}
