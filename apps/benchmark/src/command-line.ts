/** The command line: flags to options. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { vectorsFlag } from '@nn/backend-wasm';
import { Command, CommanderError } from 'commander';
import { type PeerName, peerNames } from './cases/case.ts';
import { Failure, oneLine } from './failure.ts';
import { backendNames, hasThreads } from './ours/backends.ts';
import { version } from './place.ts';
import type { RunOptions } from './run/run.ts';

export interface Options extends RunOptions {
  readonly json: string | null;
  readonly html: string | null;
  readonly compare: string | null;
  /** Only name the cases. */
  readonly list: boolean;
}

const help = `
Exit codes: 0 done; 1 a result is wrong, or slower than in --compare; 2 something that you can put
right, said in one line; 128 + n stopped by signal n (130 for ^C), with what was measured until then
shown and written.

Examples:
  nn-bench --quick                          under a minute on a quiet machine
  nn-bench --filter matmul --peers torch
  nn-bench --filter 784-50-10 --threads 1,2
  nn-bench --backend wasm --backend reference --filter ladder
  nn-bench --backend webgpu --backend wasm --peers none
  nn-bench --json before.json               then change something, and
  nn-bench --compare before.json`;

/** What to do, or null when help or version were shown. */
export function readCommandLine(argv: readonly string[]): Options | null {
  const command = new Command('nn-bench')
    .description(
      'Measures the library against the limits of this machine and against its peers, in interleaved rounds.',
    )
    .option('--quick', 'fewer and shorter rounds, long cases left out unless --filter names them')
    .option('--filter <text>', 'cases whose group, name or title contains it, or bytes; repeatable', add)
    .option('--backend <name>', `${backendNames.join(', ')}; repeatable; default wasm`, add)
    .option(
      '--threads <counts>',
      'threads of wasm and of PyTorch, such as 1,2; default 1, without --quick 1,2 where there are two cores',
    )
    .option('--vectors <bits>', 'of wasm, 256 or 128; default 256 where this Node can join vectors of 128, as nn-train')
    .option('--peers <names>', `some of ${peerNames.join(',')}, or none; default all that are there`)
    .option('--rounds <count>', 'samples of each player for a case; default 15, quick 5')
    .option('--json <file>', 'write all samples')
    .option('--html <file>', 'write a page with plots')
    .option('--compare <file>', 'compare with what --json wrote before')
    .option('--list', 'name the cases')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 100) });
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new Failure(oneLine(error).replace(/^error: /, ''), { cause: error });
  }
  return interpret(command.opts());
}

interface Given {
  readonly quick?: true;
  readonly filter?: readonly string[];
  readonly backend?: readonly string[];
  readonly threads?: string;
  readonly vectors?: string;
  readonly peers?: string;
  readonly rounds?: string;
  readonly json?: string;
  readonly html?: string;
  readonly compare?: string;
  readonly list?: true;
}

function add(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** A text that names something; an empty one, as of a shell's variable that isn't set, names nothing. */
function named(flag: string, given: string | undefined): string | null {
  if (given === '') throw new Failure(`${flag}: "" names nothing; give a name, or leave it out`);
  return given ?? null;
}

function interpret(given: Given): Options {
  const options = read(given);
  const { backends, peers, json, html } = options;
  if (json !== null && html !== null && resolve(json) === resolve(html)) {
    throw new Failure(`--json and --html both name ${json}; give two files`);
  }
  if (given.threads !== undefined && !backends.some(hasThreads) && !peers.includes('torch')) {
    throw new Failure(
      `--threads belongs to wasm and to torch, not to ${backends.join(' and ')}; leave it out, or add --backend wasm`,
    );
  }
  return options;
}

function read(given: Given): Options {
  const quick = given.quick === true;
  const several = !quick && availableParallelism() > 1;
  return {
    quick,
    filter: (given.filter ?? []).map((text) => named('--filter', text)!),
    backends: unique((given.backend ?? ['wasm']).map((name) => oneOf('--backend', name, backendNames))),
    threads: given.threads === undefined ? (several ? [1, 2] : [1]) : unique(parts(given.threads).map(threadCount)),
    vectors: vectorsOf(given.vectors),
    peers: peersOf(given.peers),
    rounds: given.rounds === undefined ? (quick ? 5 : 15) : whole('--rounds', given.rounds, 1, 1000),
    json: named('--json', given.json),
    html: named('--html', given.html),
    compare: named('--compare', given.compare),
    list: given.list === true,
  };
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
const parts = (text: string): readonly string[] => text.split(',').map((part) => part.trim());
const threadCount = (text: string): number => whole('--threads', text, 1, 64);

function oneOf<const Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Failure(`${flag}: ${JSON.stringify(text)} is not one of ${names.join(', ')}`);
  return found;
}

function vectorsOf(text: string | undefined): 128 | 256 {
  if (text === undefined) return vectorsFlag() === null ? 128 : 256;
  if (oneOf('--vectors', text, ['128', '256']) === '128') return 128;
  if (vectorsFlag() === null)
    throw new Failure('--vectors 256: this Node joins no vectors; take Node 24 or later on x64, or 128');
  return 256;
}

function peersOf(text: string | undefined): readonly PeerName[] {
  if (text === undefined || text === 'all') return peerNames;
  if (text === 'none') return [];
  return unique(parts(text).map((name) => oneOf('--peers', name, peerNames)));
}

function whole(flag: string, text: string, from: number, to: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) {
    throw new Failure(`${flag}: ${JSON.stringify(text)} is not a whole number from ${from} to ${to}`);
  }
  return value;
}
