/**
 * How long a test may take, and what it starts: for all the same, long enough for the slowest on a machine that others load too. It ends what hangs and says nothing of speed, which
 * apps/benchmark measures.
 */
export const patience = { testTimeout: 600_000, hookTimeout: 600_000 };
