/**
 * The method: every player warms up, is calibrated so that a sample is long enough for the clock, and then all take turns, one sample each a round, each
 * round beginning with another. Knows players only as things that can do a number of calls and say how long it took.
 */

/** Something that can be timed. */
export interface Timed {
  readonly name: string;
  /** Milliseconds that so many calls take, all work done. */
  sample(calls: number): Promise<number>;
  /** Milliseconds of one call of something else that the last sample timed between its own calls; null if there was nothing. */
  beside?(): number | null;
}

/** The name under which results hold what was timed between a player's calls. */
export const besideOf = (name: string): string => `${name}, beside`;

export interface Plan {
  readonly rounds: number;
  /** How long a sample should take, in ms. */
  readonly sample: number;
  /** Warm-up before the first round, in ms; at least three calls unless they are slow. */
  readonly warmUp: number;
  /** Calls after which an engine has compiled what they run; slower calls have as many as `longestWarmUp` holds. */
  readonly warmCalls: number;
  /** The most that calls are made for their number, in ms. */
  readonly longestWarmUp: number;
  /** Milliseconds that the rounds of one player may take for one case; who needs more sits out the later rounds, but has `leastRounds`. */
  readonly budget: number;
  readonly leastRounds: number;
}

export interface RoundsOptions {
  readonly onRound?: (round: number) => void;
  /** Asked between samples; when true, what was measured so far is the result. */
  readonly isStopped?: () => boolean;
}

const most = 1e8;

/** How many calls fill a sample; the calls that find it out are the warm-up. */
async function calibrate(player: Timed, plan: Plan): Promise<number> {
  const { sample, warmUp, warmCalls, longestWarmUp } = plan;
  let calls = 1;
  let made = 0;
  let spent = 0;
  for (let turns = 1; ; turns++) {
    const time = await player.sample(calls);
    spent += time;
    made += calls;
    const each = time / calls;
    const isWarm = made >= warmCalls || spent >= longestWarmUp;
    // One call longer than the whole warm-up needs no more of them than a second.
    if (calls === 1 && each > warmUp && turns >= 2 && isWarm) return calls;
    if (time >= sample / 2 && spent >= warmUp && turns >= 3 && isWarm)
      return Math.max(1, Math.min(most, Math.round(sample / each)));
    const wanted = Math.round(sample / Math.max(each, sample / most));
    // At most eightfold: the first calls are slower than all others.
    calls = Math.max(1, Math.min(wanted, calls * 8, most));
  }
}

/** Milliseconds of one call, a list by player (and by `besideOf` of those who have that): one entry a round. Lists are shorter where the budget ran out. */
export async function measure(
  players: readonly Timed[],
  plan: Plan,
  { onRound = () => {}, isStopped = () => false }: RoundsOptions = {},
): Promise<Map<string, number[]>> {
  const results = new Map<string, number[]>(players.map(({ name }) => [name, []]));
  const turns: { readonly player: Timed; readonly calls: number; spent: number }[] = [];
  for (const player of players) {
    if (isStopped()) return results;
    turns.push({ player, calls: await calibrate(player, plan), spent: 0 });
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (let i = 0; i < turns.length; i++) {
      if (isStopped()) return results;
      const turn = turns[(round + i) % turns.length]!;
      const samples = results.get(turn.player.name)!;
      if (turn.spent > plan.budget && samples.length >= plan.leastRounds) continue;
      try {
        const time = await turn.player.sample(turn.calls);
        turn.spent += time;
        samples.push(time / turn.calls);
        const beside = turn.player.beside?.() ?? null;
        if (beside === null) continue;
        const name = besideOf(turn.player.name);
        results.set(name, [...(results.get(name) ?? []), beside]);
      } catch (error) {
        // Who stops a run may end the players too.
        if (isStopped()) return results;
        throw error;
      }
    }
    onRound(round + 1);
  }
  return results;
}
