/**
 * What a training run can be asked for, as one table: the flag, how its text is read, its default, and whether a resumed run may change it. From the table follow
 * the command line, the file that records a run's options, and the comparison of the two.
 */
import { Failure } from '../failure.ts';
import { list, number, oneOf, type Read, type Schedule, schedule, text, whole, write, yesOrNo } from './parse.ts';

export const modelNames = ['mlp'] as const;
export const activationNames = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh', 'sigmoid'] as const;
export const optimizerNames = ['sgd', 'adam', 'adamw'] as const;
export const backendNames = ['reference'] as const;

export interface TrainingOptions {
  readonly model: (typeof modelNames)[number];
  readonly hidden: readonly number[];
  readonly activation: (typeof activationNames)[number];
  readonly dropout: number;
  readonly dataset: string;
  readonly download: boolean;
  readonly epochs: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly optimizer: (typeof optimizerNames)[number];
  readonly momentum: number;
  readonly weightDecay: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly backend: (typeof backendNames)[number];
  readonly checkpointEvery: Schedule;
  readonly logEvery: number;
}

export type OptionName = keyof TrainingOptions;

interface Row<T> {
  readonly flag: string;
  readonly help: string;
  readonly read: Read<T>;
  /** The default; some depend on the optimiser. */
  readonly fallback: T | ((optimizer: TrainingOptions['optimizer']) => T);
  /** Whether a resumed run may say otherwise. */
  readonly free?: boolean;
}

const notNegative = number('a number of at least 0', (value) => value >= 0);

export const optionRows: { readonly [K in OptionName]: Row<TrainingOptions[K]> } = {
  model: {
    flag: '--model <name>',
    help: 'kind of network: mlp (784, hidden layers, 10)',
    read: oneOf(modelNames),
    fallback: 'mlp',
  },
  hidden: {
    flag: '--hidden <sizes>',
    help: 'sizes of the hidden layers, such as 300,100, or none (default: 50)',
    read: list(whole(1, 65_536), 'sizes from 1 to 65536 with commas between them such as 300,100, or none'),
    fallback: [50],
  },
  activation: {
    flag: '--activation <name>',
    help: `between the layers: ${activationNames.join(', ')} (default: relu)`,
    read: oneOf(activationNames),
    fallback: 'relu',
  },
  dropout: {
    flag: '--dropout <p>',
    help: 'chance that an activation is dropped in training (default: 0)',
    read: number('a probability of at least 0 and below 1', (p) => p >= 0 && p < 1),
    fallback: 0,
  },
  dataset: {
    flag: '--dataset <name|folder>',
    help: 'mnist (10,000 digits, built in), fashion, or a folder of IDX files (default: mnist)',
    read: text,
    fallback: 'mnist',
  },
  download: {
    flag: '--download',
    help: 'fetch the full mnist (60,000 + 10,000) or fashion, or take it from the cache',
    read: yesOrNo,
    fallback: false,
  },
  epochs: {
    flag: '--epochs <n>',
    help: 'times through the training images (default: 5)',
    read: whole(1),
    fallback: 5,
    free: true,
  },
  batchSize: { flag: '--batch-size <n>', help: 'images a step (default: 50)', read: whole(1), fallback: 50 },
  lr: {
    flag: '--lr <rate>',
    help: 'learning rate (default: 0.1 for sgd, 0.001 for the others)',
    read: number('a number above 0', (value) => value > 0),
    fallback: (optimizer) => (optimizer === 'sgd' ? 0.1 : 0.001),
  },
  optimizer: {
    flag: '--optimizer <name>',
    help: `${optimizerNames.join(', ')} (default: sgd)`,
    read: oneOf(optimizerNames),
    fallback: 'sgd',
  },
  momentum: { flag: '--momentum <share>', help: 'of sgd (default: 0)', read: notNegative, fallback: 0 },
  weightDecay: {
    flag: '--weight-decay <rate>',
    help: 'pull of the weights to 0 (default: 0.01 for adamw, 0 for the others)',
    read: notNegative,
    fallback: (optimizer) => (optimizer === 'adamw' ? 0.01 : 0),
  },
  shuffle: {
    flag: '--no-shuffle',
    help: 'take the images in their order, the same in every epoch',
    read: yesOrNo,
    fallback: true,
  },
  seed: {
    flag: '--seed <n>',
    help: 'start of all random numbers; the same seed, the same run (default: 1)',
    read: whole(0),
    fallback: 1,
  },
  backend: {
    flag: '--backend <name>',
    help: `what computes: ${backendNames.join(', ')} (default: ${backendNames[0]})`,
    read: oneOf(backendNames),
    fallback: 'reference',
    free: true,
  },
  checkpointEvery: {
    flag: '--checkpoint-every <n>',
    help: 'epochs, or steps or seconds as 500steps, 30s (default: 1)',
    read: schedule,
    fallback: { every: 1, unit: 'epochs' },
    free: true,
  },
  logEvery: {
    flag: '--log-every <n>',
    help: 'steps from one line of metrics.jsonl to the next (default: 20)',
    read: whole(1),
    fallback: 20,
  },
};

export const optionNames: readonly OptionName[] = Object.keys(optionRows) as OptionName[];

/** The flag without its argument: `--batch-size`. */
export const flagOf = (name: OptionName): string => optionRows[name].flag.split(' ')[0]!;

/** A value as it is written on the command line. */
const asFlag = (name: OptionName, value: unknown): string => {
  if (typeof value !== 'boolean') return `${flagOf(name)} ${write(value)}`;
  return value === (name === 'download') ? flagOf(name) : `no ${flagOf(name)}`;
};

/** Reads one option; errors name its flag. */
export function readOption<K extends OptionName>(name: K, value: string): TrainingOptions[K] {
  try {
    return optionRows[name].read(value);
  } catch (error) {
    throw error instanceof Failure ? new Failure(`${flagOf(name)}: ${error.message}`) : error;
  }
}

/** Options with defaults for all that isn't given. */
export function completeOptions(given: Partial<TrainingOptions>): TrainingOptions {
  const optimizer = given.optimizer ?? 'sgd';
  const entries = optionNames.map((name) => {
    const { fallback } = optionRows[name];
    return [name, given[name] ?? (typeof fallback === 'function' ? fallback(optimizer) : fallback)];
  });
  const options = Object.fromEntries(entries) as TrainingOptions;
  if (options.momentum > 0 && options.optimizer !== 'sgd') {
    throw new Failure(`--momentum belongs to sgd, not to ${options.optimizer}; leave it out, or add --optimizer sgd`);
  }
  return options;
}

/** Options from the record of a run, checked like those of the command line. */
export function restoreOptions(record: unknown): TrainingOptions {
  if (typeof record !== 'object' || record === null) throw new Failure('there are no options in it');
  const fields = record as Readonly<Record<string, unknown>>;
  const entries = optionNames.map((name) => [name, readOption(name, write(fields[name]))]);
  return completeOptions(Object.fromEntries(entries) as Partial<TrainingOptions>);
}

/** The options of a resumed run: the recorded ones, and of the given ones those that may change. All others must agree. */
export function resumeOptions(run: string, saved: TrainingOptions, given: Partial<TrainingOptions>): TrainingOptions {
  const changed = (Object.keys(given) as OptionName[]).filter(
    (name) => optionRows[name].free !== true && write(given[name]) !== write(saved[name]),
  );
  if (changed.length > 0) {
    const [was, is] = [saved, given].map((options) => changed.map((name) => asFlag(name, options[name])).join(', '));
    throw new Failure(
      `the run in ${run} was started with ${was}, not ${is}; leave ${changed.length === 1 ? 'it' : 'them'} out to resume, or start another run without --resume`,
    );
  }
  return { ...saved, ...given };
}
