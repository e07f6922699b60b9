/** Who takes part: our backends with their threads, a judge for each, and the peers that are asked for. */
import type { PeerName } from '../cases/case.ts';
import { flagOfVectors } from '../machine.ts';
import type { BackendName } from '../ours/backends.ts';
import { fileOf, playerProgram } from '../place.ts';
import type { PlayerRecord } from '../results.ts';
import type { Start } from './child.ts';
import { Player } from './player.ts';

export interface Wanted {
  readonly backends: readonly BackendName[];
  readonly threads: readonly number[];
  readonly peers: readonly PeerName[];
  /** Bits of the vectors that WebAssembly computes with, in every player of Node. */
  readonly vectors: 128 | 256;
}

/** One of ours, with the process that judges it. */
export interface Entrant {
  readonly player: Player;
  readonly judge: Player | null;
}

export interface Roster {
  readonly entrants: readonly Entrant[];
  readonly records: readonly PlayerRecord[];
}

const withThreads = (name: string, threads: number): string => (threads === 1 ? name : `${name} ×${threads}`);

/** The name of one of ours among the players. */
export const nameOfOurs = (backend: string, threads = 1): string => withThreads(backend, threads);
export const nameOfPeer = (peer: PeerName, threads = 1): string => withThreads(peer, threads);

/** On this very Node, with the flags that this process has, so that sources are run from sources. */
const node = (vectors: 128 | 256, ...args: string[]): Start => ({
  command: process.execPath,
  args: [...process.execArgv, ...flagOfVectors(vectors), playerProgram(), ...args],
});

/**
 * As distributions build PyTorch, it chooses kernels by what it knew of processors when it was built; these settings let it use the vectors that are there. They ask for
 * AVX-512 only where the processor has it.
 */
function torch(python: string, threads: number, hasWideVectors: boolean): Start {
  const wide = { OPENBLAS_CORETYPE: 'Cooperlake', ATEN_CPU_CAPABILITY: 'avx512' };
  const count = String(threads);
  return {
    command: python,
    args: [fileOf('python/torch_player.py'), count],
    env: {
      ...(hasWideVectors && wide),
      OPENBLAS_NUM_THREADS: count,
      OMP_NUM_THREADS: count,
      MKL_NUM_THREADS: count,
    },
  };
}

/** Where PyTorch may be: as told, the system's own Python, the first on PATH. */
const pythons = (): string[] =>
  [process.env['NN_BENCH_PYTHON'], '/usr/bin/python3', 'python3'].filter((path) => path !== undefined);

async function openTorch(threads: readonly number[], hasWideVectors: boolean): Promise<Opened[]> {
  let first: Opened | null = null;
  for (const python of pythons()) {
    const open = (count: number): Promise<Opened> =>
      Player.open(nameOfPeer('torch', count), 'peer', count, torch(python, count, hasWideVectors));
    const opened = await open(threads[0]!);
    first ??= opened;
    if (opened.player === null) continue;
    return [opened, ...(await Promise.all(threads.slice(1).map(open)))];
  }
  return [first!];
}

type Opened = Awaited<ReturnType<typeof Player.open>>;

const openOurs = (backend: BackendName, threads: number, vectors: 128 | 256): Promise<Opened> =>
  Player.open(nameOfOurs(backend, threads), 'ours', threads, node(vectors, 'ours', backend, String(threads)));

/** Starts everybody. */
export async function openRoster(
  { backends, threads, peers, vectors }: Wanted,
  { hasThreads, hasWideVectors }: { hasThreads: (name: BackendName) => boolean; hasWideVectors: boolean },
): Promise<Roster> {
  const entrants: Entrant[] = [];
  const records: PlayerRecord[] = [];
  for (const backend of backends) {
    for (const count of hasThreads(backend) ? threads : [1]) {
      const { player, record } = await openOurs(backend, count, vectors);
      records.push(record);
      if (player !== null) entrants.push({ player, judge: (await openOurs(backend, count, vectors)).player });
    }
  }
  for (const peer of peers) {
    const opened =
      peer === 'torch'
        ? await openTorch(threads, hasWideVectors)
        : [await Player.open(nameOfPeer(peer), 'peer', 1, node(vectors, peer))];
    for (const { player, record } of opened) {
      records.push(record);
      if (player !== null) entrants.push({ player, judge: null });
    }
  }
  return { entrants, records };
}

/** The player that computes nothing and counts. */
export const openCounter = async (): Promise<Player | null> => (await openOurs('null', 1, 128)).player;
