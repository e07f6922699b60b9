/**
 * What a training run can be asked for, as one table: the flag, how its text is read, its default, and whether a resumed run may change it. From the table follow
 * the command line, the file that records a run's options, and the comparison of the two.
 */
import { Failure } from '../failure.ts';
import {
  list,
  number,
  oneOf,
  type Read,
  type Schedule,
  schedule,
  text,
  whole,
  wholeOrNone,
  write,
  yesOrNo,
} from './parse.ts';

export const modelNames = ['mlp', 'cnn', 'gpt'] as const;
export const activationNames = ['relu', 'leaky-relu', 'elu', 'gelu', 'silu', 'tanh', 'sigmoid'] as const;
export const optimizerNames = ['sgd', 'adam', 'adamw'] as const;
export const backendNames = ['wasm', 'webgpu', 'reference'] as const;
export const vectorBits = ['256', '128'] as const;

export interface TrainingOptions {
  readonly model: (typeof modelNames)[number];
  readonly hidden: readonly number[];
  readonly activation: (typeof activationNames)[number];
  readonly channels: readonly number[];
  readonly block: number;
  readonly layers: number;
  readonly heads: number;
  readonly dim: number;
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
  readonly threads: number | null;
  readonly vectors: (typeof vectorBits)[number];
  readonly checkpointEvery: Schedule;
  readonly snapshotEvery: number;
  readonly logEvery: number;
}

export type OptionName = keyof TrainingOptions;

type ModelName = TrainingOptions['model'];

/** What defaults depend on. */
type Choice = Pick<TrainingOptions, 'model' | 'optimizer'>;

interface Row<T> {
  readonly flag: string;
  readonly help: string;
  readonly read: Read<T>;
  /** The default; some depend on model and optimiser. */
  readonly fallback: T | ((choice: Choice) => T);
  /** The models that it is about; all. */
  readonly models?: readonly ModelName[];
  /** Whether a resumed run may say otherwise. */
  readonly free?: boolean;
}

const images: readonly ModelName[] = ['mlp', 'cnn'];

/** Optimisers are chosen by the model, if nobody does. */
const usualOptimizer: { readonly [M in ModelName]: TrainingOptions['optimizer'] } = {
  mlp: 'sgd',
  cnn: 'adam',
  gpt: 'adamw',
};

/** Some seconds of a small model's training; a copy of its state takes some milliseconds. */
const usualSnapshotEvery = 100;

const notNegative = number('a number of at least 0', (value) => value >= 0);

export const optionRows: { readonly [K in OptionName]: Row<TrainingOptions[K]> } = {
  model: {
    flag: '--model <name>',
    help: 'kind of network: mlp and cnn tell classes of images, gpt writes text (default: mlp)',
    read: oneOf(modelNames),
    fallback: 'mlp',
  },
  hidden: {
    flag: '--hidden <sizes>',
    help: 'mlp: sizes of the hidden layers, such as 300,100, or none (default: 50)',
    read: list(whole(1, 65_536), 'sizes from 1 to 65536 with commas between them such as 300,100, or none'),
    fallback: [50],
    models: ['mlp'],
  },
  activation: {
    flag: '--activation <name>',
    help: `mlp: between the layers: ${activationNames.join(', ')} (default: relu)`,
    read: oneOf(activationNames),
    fallback: 'relu',
    models: ['mlp'],
  },
  channels: {
    flag: '--channels <sizes>',
    help: 'cnn: channels after each convolution of 3 × 3, which pooling halves (default: 16,32)',
    read: list(whole(1, 4096), 'sizes from 1 to 4096 with commas between them such as 16,32, or none'),
    fallback: [16, 32],
    models: ['cnn'],
  },
  block: {
    flag: '--block <n>',
    help: 'gpt: how many characters it sees at most (default: 64)',
    read: whole(1, 65_536),
    fallback: 64,
    models: ['gpt'],
  },
  layers: {
    flag: '--layers <n>',
    help: 'gpt: layers of attention (default: 2)',
    read: whole(1, 1000),
    fallback: 2,
    models: ['gpt'],
  },
  heads: {
    flag: '--heads <n>',
    help: 'gpt: heads of each (default: 4)',
    read: whole(1, 1000),
    fallback: 4,
    models: ['gpt'],
  },
  dim: {
    flag: '--dim <n>',
    help: 'gpt: size of the vectors, a multiple of the heads (default: 128)',
    read: whole(1, 65_536),
    fallback: 128,
    models: ['gpt'],
  },
  dropout: {
    flag: '--dropout <p>',
    help: 'chance that an activation is dropped in training (default: 0, for cnn 0.5)',
    read: number('a probability of at least 0 and below 1', (p) => p >= 0 && p < 1),
    fallback: ({ model }) => (model === 'cnn' ? 0.5 : 0),
  },
  dataset: {
    flag: '--dataset <name|path>',
    help: 'mnist (10,000 digits, built in), fashion, or a folder of IDX files (default: mnist); for gpt a text file',
    read: text,
    fallback({ model }) {
      if (model === 'gpt') throw new Failure('--model gpt learns from a text; name its file: --dataset FILE.txt');
      return 'mnist';
    },
  },
  download: {
    flag: '--download',
    help: 'fetch the full mnist (60,000 + 10,000) or fashion, or take it from the cache',
    read: yesOrNo,
    fallback: false,
    models: images,
  },
  epochs: {
    flag: '--epochs <n>',
    help: 'times through what is trained with (default: 5, for cnn 12)',
    read: whole(1),
    fallback: ({ model }) => (model === 'cnn' ? 12 : 5),
    free: true,
  },
  batchSize: {
    flag: '--batch-size <n>',
    help: 'images, or pieces of text, a step (default: 50, of text 16)',
    read: whole(1),
    fallback: ({ model }) => (model === 'gpt' ? 16 : 50),
  },
  lr: {
    flag: '--lr <rate>',
    help: 'learning rate (default: 0.1 for sgd; else 0.001, for cnn 0.002)',
    read: number('a number above 0', (value) => value > 0),
    fallback: ({ model, optimizer }) => (optimizer === 'sgd' ? 0.1 : model === 'cnn' ? 0.002 : 0.001),
  },
  optimizer: {
    flag: '--optimizer <name>',
    help: `${optimizerNames.join(', ')} (default: sgd for mlp, adam for cnn, adamw for gpt)`,
    read: oneOf(optimizerNames),
    fallback: ({ optimizer }) => optimizer,
  },
  momentum: { flag: '--momentum <share>', help: 'of sgd (default: 0)', read: notNegative, fallback: 0 },
  weightDecay: {
    flag: '--weight-decay <rate>',
    help: 'pull of the weights to 0 (default: 0.01 for adamw, 0 for the others)',
    read: notNegative,
    fallback: ({ optimizer }) => (optimizer === 'adamw' ? 0.01 : 0),
  },
  shuffle: {
    flag: '--no-shuffle',
    help: 'take everything in its order, the same in every epoch',
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
    fallback: backendNames[0],
    free: true,
  },
  threads: {
    flag: '--threads <n>',
    help: 'of wasm; the result is the same with any number (default: one a core, at most 8)',
    read: wholeOrNone(1, 64),
    fallback: null,
    free: true,
  },
  vectors: {
    flag: '--vectors <bits>',
    help: 'of wasm: 256 lets V8 join vectors of 128 where it can; the result is the same (default: 256)',
    read: oneOf(vectorBits),
    fallback: vectorBits[0],
    free: true,
  },
  checkpointEvery: {
    flag: '--checkpoint-every <n>',
    help: 'epochs from one checkpoint to the next, or steps or seconds: 500steps, 30s (default: 1)',
    read: schedule,
    fallback: { every: 1, unit: 'epochs' },
    free: true,
  },
  snapshotEvery: {
    flag: '--snapshot-every <n>',
    help: `webgpu: steps from one copy of all state in memory to the next; a run whose GPU is lost goes on from there (default: ${usualSnapshotEvery})`,
    read: whole(1),
    fallback: usualSnapshotEvery,
    free: true,
  },
  logEvery: {
    flag: '--log-every <n>',
    help: 'steps from one line of metrics.jsonl to the next (default: 20)',
    read: whole(1),
    fallback: 20,
  },
};

/** What the records of older runs lack: options that don't touch the result. */
const addedLater: Partial<TrainingOptions> = { snapshotEvery: usualSnapshotEvery };

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

/** The options that are about a model. */
export const optionsOf = (model: ModelName): readonly OptionName[] =>
  optionNames.filter((name) => optionRows[name].models?.includes(model) !== false);

/** Options with defaults for all that isn't given. */
export function completeOptions(given: Partial<TrainingOptions>): TrainingOptions {
  const model = given.model ?? 'mlp';
  const optimizer = given.optimizer ?? usualOptimizer[model];
  const stray = (Object.keys(given) as OptionName[]).find((name) => !optionsOf(model).includes(name));
  if (stray !== undefined) {
    const owners = optionRows[stray].models!.join(' and ');
    throw new Failure(
      `${flagOf(stray)} belongs to ${owners}, not to ${model}; leave it out, or choose another --model`,
    );
  }
  const entries = optionNames.map((name) => {
    const { fallback } = optionRows[name];
    return [name, given[name] ?? (typeof fallback === 'function' ? fallback({ model, optimizer }) : fallback)];
  });
  const options = checkTogether(Object.fromEntries(entries) as TrainingOptions);
  return checkThreads(given, options);
}

/** Nobody shall wait for threads that don't come. Of a record it isn't asked: a run may go on elsewhere, and come back. */
function checkThreads({ threads = null }: Partial<TrainingOptions>, options: TrainingOptions): TrainingOptions {
  if (threads !== null && options.backend !== 'wasm') {
    throw new Failure(`--threads belongs to wasm, not to ${options.backend}; leave it out, or choose --backend wasm`);
  }
  return options;
}

function checkTogether(options: TrainingOptions): TrainingOptions {
  if (options.momentum > 0 && options.optimizer !== 'sgd') {
    throw new Failure(`--momentum belongs to sgd, not to ${options.optimizer}; leave it out, or add --optimizer sgd`);
  }
  return options;
}

/** Options from the record of a run, checked like those of the command line. */
export function restoreOptions(record: unknown): TrainingOptions {
  if (typeof record !== 'object' || record === null) throw new Failure('there are no options in it');
  const fields: Readonly<Record<string, unknown>> = { ...addedLater, ...record };
  const entries = optionNames.map((name) => [name, readOption(name, write(fields[name]))]);
  return checkTogether(Object.fromEntries(entries) as unknown as TrainingOptions);
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
  return checkThreads(given, { ...saved, ...given });
}
