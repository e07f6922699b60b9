/**
 * The command line: flags to arguments of the commands, whose code is loaded only when it is needed, so that `--help` answers at once. The first of
 * them is the default, so that its flags stand in the main help.
 */
import { Command, CommanderError } from 'commander';
import type { PredictArguments } from './commands/predict.ts';
import type { SampleArguments } from './commands/sample.ts';
import type { TrainArguments } from './commands/train.ts';
import { Failure, oneLine } from './failure.ts';
import { number, text, whole } from './options/parse.ts';
import { backendNames, optionNames, optionRows, readOption, type TrainingOptions } from './options/training-options.ts';
import { version } from './version.ts';

/** What to do: run a command, or nothing more because the help was shown. */
export type Request =
  | { readonly command: 'train'; readonly args: TrainArguments }
  | { readonly command: 'predict'; readonly args: PredictArguments }
  | { readonly command: 'sample'; readonly args: SampleArguments }
  | { readonly command: 'none' };

const trainHelp = `
Files of a run (in --out, or in nn-runs/<dataset>-<model>-<number>):
  metrics.jsonl   what was measured, a line for some steps and for each epoch
  report.html     curves, confusion matrix or written text, and options, when the run ends
  checkpoint-…/   model.safetensors (PyTorch's names) and all that resuming needs

Exit codes: 0 done; 2 something that you can put right, said in one line; 128 + n stopped by
signal n (130 for ^C), with all work saved; 1 a mistake in this program.

Examples:
  nn-train                                       train 784-50-10 on 9,000 digits
  nn-train --hidden 300,100 --optimizer adam --dropout 0.2
  nn-train --model cnn                           convolutions instead
  nn-train --dataset fashion --epochs 10         clothes instead; --download fetches them
  nn-train --backend webgpu                      on a GPU; Node needs the package webgpu for it
  nn-train --out my-run --checkpoint-every 30s   ^C or kill it, then go on with
  nn-train --resume my-run
  nn-train predict --checkpoint my-run digit.png
  nn-train --model gpt --dataset FILE.txt --out my-text
  nn-train sample my-text --prompt "Once"        write like the text that it has learned

nn-train predict --help and nn-train sample --help tell about using a model.`;

const predictHelp = `
FILE is an IDX file of 28 × 28 images, plain or gzip, or a PNG of any size. A PNG is made grey; if
it is light around its edge it is inverted, since the network knows light ink on dark paper. One of
28 × 28 is then taken as it is. Of any other the drawing is cut out, fitted into 20 × 20 pixels and
put on 28 × 28 by its centre of mass, as MNIST's digits were; for models of clothes it is fitted
into 28 × 28.

Examples:
  nn-train predict --checkpoint my-run digit.png
  nn-train predict --checkpoint my-run t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz`;

const sampleHelp = `
RUN is the folder of a run of --model gpt, of a checkpoint, or a file of weights (.safetensors).
Characters are drawn by what the model expects; a temperature below 1 keeps to what is likely, 0 to
the likeliest, one above 1 dares more. The same seed writes the same text.

Examples:
  nn-train sample my-text
  nn-train sample my-text --prompt "To be" --length 500 --temperature 0.5 --seed 7`;

/** Reads the arguments after the program's name. */
export function readCommandLine(argv: readonly string[]): Request {
  const [first, ...rest] = argv;
  if (first === 'help') return parse(commandNamed(rest[0])?.() ?? trainCommand(), ['--help']);
  const named = commandNamed(first);
  return named === undefined ? parse(trainCommand(), argv) : parse(named(), rest);
}

interface Parser {
  readonly command: Command;
  readonly request: () => Request;
}

function parse({ command, request }: Parser, argv: readonly string[]): Request {
  command
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this')
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.configureHelp({ helpWidth: Math.min(process.stdout.columns || 100, 100) });
  try {
    command.parse(argv as string[], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'none' };
    throw new Failure(oneLine(error).replace(/^error: /, ''), { cause: error });
  }
  return request();
}

/** `isNamed`: whether the word train stands before the options. */
function trainCommand(isNamed = false): Parser {
  const command = new Command('nn-train')
    .description('Trains a network on images or on a text, and shows how well it does on what was held out.')
    .usage('[train] [options]')
    .argument('[command]', 'train (the default), predict or sample')
    .allowExcessArguments(false);
  for (const name of optionNames) {
    const { flag, help } = optionRows[name];
    if (flag.includes('<')) command.option(flag, help, (text) => readOption(name, text));
    else command.option(flag, help);
  }
  command
    .option('--out <folder>', 'where the run is written; must be empty or new', reading('--out', text))
    .option('--resume [folder]', 'go on with a run: that one, or the last in nn-runs', reading('--resume', text))
    .option('--quiet', 'print the result only')
    .option('--json', 'print what happens as lines of JSON')
    .addHelpText('after', trainHelp);
  return {
    command,
    request: () => {
      const [unknown] = command.args;
      if (unknown !== undefined)
        throw new Failure(
          isNamed
            ? `train takes no argument such as ${unknown}; data go with --dataset, the folder of a run with --out or --resume`
            : `there is no command ${unknown}; there are train (the default), predict and sample`,
        );
      const all = command.opts<Record<string, unknown>>();
      const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
      const given = Object.fromEntries(optionNames.filter(isGiven).map((name) => [name, all[name]]));
      return {
        command: 'train',
        args: {
          given: given as Partial<TrainingOptions>,
          out: all['out'] as string | undefined,
          resume: all['resume'] as string | true | undefined,
          quiet: all['quiet'] === true,
          json: all['json'] === true,
        },
      };
    },
  };
}

type PredictOptions = Pick<PredictArguments, 'checkpoint'> & Partial<Omit<PredictArguments, 'file' | 'checkpoint'>>;

function predictCommand(): Parser {
  const command = new Command('nn-train predict')
    .description('Says what is on images, by a model that was trained before.')
    .argument('<file>', 'IDX file of images, or PNG')
    .requiredOption('--checkpoint <path>', 'folder of a run or of a checkpoint, or a file of weights (.safetensors)')
    .option('--labels <file>', 'IDX file of labels: prints how many predictions are right')
    .option(...backendOption)
    .option('--json', 'print one line of JSON for each image')
    .addHelpText('after', predictHelp);
  return {
    command,
    request: () => {
      const { json, ...given } = command.opts<PredictOptions>();
      return {
        command: 'predict',
        args: { file: command.args[0]!, labels: undefined, ...usualBackend, ...given, json: json === true },
      };
    },
  };
}

/** What computes, for commands that train nothing. */
const backendOption = [
  optionRows.backend.flag,
  optionRows.backend.help,
  (text: string): TrainingOptions['backend'] => readOption('backend', text),
] as const;
const usualBackend = { backend: backendNames[0] };

/** An argument of a reader's kind; errors name the flag. */
const reading =
  <T>(flag: string, read: (text: string) => T) =>
  (text: string): T => {
    try {
      return read(text);
    } catch (error) {
      throw error instanceof Failure ? new Failure(`${flag}: ${error.message}`) : error;
    }
  };

function sampleCommand(): Parser {
  const command = new Command('nn-train sample')
    .description('Lets a model write that was trained on a text before.')
    .argument('<run>', 'folder of a run or of a checkpoint, or a file of weights (.safetensors)')
    .option('--prompt <text>', 'what the text begins with (default: nothing)')
    .option('--length <n>', 'characters to write (default: 200)', reading('--length', whole(1)))
    .option(
      '--temperature <t>',
      'how daring it is (default: 0.8)',
      reading(
        '--temperature',
        number('a number of at least 0', (value) => value >= 0),
      ),
    )
    .option('--seed <n>', 'start of the random numbers (default: 1)', reading('--seed', whole(0)))
    .option(...backendOption)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', sampleHelp);
  return {
    command,
    request: () => {
      const { json, ...given } = command.opts<Partial<Omit<SampleArguments, 'path'>>>();
      const usual = { prompt: '', length: 200, temperature: 0.8, seed: 1, ...usualBackend };
      return { command: 'sample', args: { path: command.args[0]!, ...usual, ...given, json: json === true } };
    },
  };
}

const commands: Readonly<Record<string, () => Parser>> = {
  train: () => trainCommand(true),
  predict: predictCommand,
  sample: sampleCommand,
};

const commandNamed = (name: string | undefined): (() => Parser) | undefined =>
  name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
