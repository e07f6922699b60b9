/**
 * The command line: flags to arguments of the two commands, whose code is loaded only when it is needed, so that `--help` answers at once. There are two commands
 * and the first is the default, so that its flags stand in the main help.
 */
import { Command, CommanderError } from 'commander';
import type { PredictArguments } from './commands/predict.ts';
import type { TrainArguments } from './commands/train.ts';
import { Failure, oneLine } from './failure.ts';
import { optionNames, optionRows, readOption, type TrainingOptions } from './options/training-options.ts';
import { version } from './version.ts';

/** What to do: run a command, or nothing more because the help was shown. */
export type Request =
  | { readonly command: 'train'; readonly args: TrainArguments }
  | { readonly command: 'predict'; readonly args: PredictArguments }
  | { readonly command: 'none' };

const trainHelp = `
Files of a run (in --out, or in nn-runs/<dataset>-<model>-<number>):
  metrics.jsonl   what was measured, a line for some steps and for each epoch
  report.html     curves, confusion matrix and options, when the run ends
  checkpoint-…/   model.safetensors (PyTorch's names) and all that resuming needs

Examples:
  nn-train                                       train 784-50-10 on 9,000 digits
  nn-train --hidden 300,100 --optimizer adam --dropout 0.2
  nn-train --dataset /usr/share/datasets/fashion-mnist --epochs 10
  nn-train --out my-run --checkpoint-every 30s   ^C or kill it, then go on with
  nn-train --resume my-run
  nn-train predict --checkpoint my-run digit.png

nn-train predict --help tells about predicting.`;

const predictHelp = `
FILE is an IDX file of 28 × 28 images, plain or gzip, or a PNG of any size. A PNG is made grey; if it is light around its edge it is inverted, since the network
knows light ink on dark paper; the drawing is cut out, fitted into 20 × 20 pixels and put on 28 × 28 by its centre of mass, as MNIST's digits were. A PNG of
28 × 28 that is dark around its edge is taken as it is.

Examples:
  nn-train predict --checkpoint my-run digit.png
  nn-train predict --checkpoint model.safetensors t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz`;

/** Reads the arguments after the program's name. */
export function readCommandLine(argv: readonly string[]): Request {
  const [first, ...rest] = argv;
  if (first === 'predict') return parse(predictCommand(), rest);
  if (first === 'help') return parse(rest[0] === 'predict' ? predictCommand() : trainCommand(), ['--help']);
  return parse(trainCommand(), first === 'train' ? rest : argv);
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

function trainCommand(): Parser {
  const command = new Command('nn-train')
    .description('Trains a network on images of digits or clothes, and shows how well it does on images held out.')
    .usage('[train] [options]')
    .argument('[command]', 'train (the default) or predict')
    .allowExcessArguments(false);
  for (const name of optionNames) {
    const { flag, help } = optionRows[name];
    if (flag.includes('<')) command.option(flag, help, (text) => readOption(name, text));
    else command.option(flag, help);
  }
  command
    .option('--out <folder>', 'where the run is written; must be empty or new')
    .option('--resume [folder]', 'go on with a run: that one, or the last in nn-runs')
    .option('--quiet', 'print the result only')
    .option('--json', 'print what happens as lines of JSON')
    .addHelpText('after', trainHelp);
  return {
    command,
    request: () => {
      const [unknown] = command.args;
      if (unknown !== undefined)
        throw new Failure(`there is no command ${unknown}; there are train (the default) and predict`);
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

function predictCommand(): Parser {
  const command = new Command('nn-train predict')
    .description('Says what is on images, by a model that was trained before.')
    .argument('<file>', 'IDX file of images, or PNG')
    .requiredOption('--checkpoint <path>', 'folder of a run or of a checkpoint, or a file of weights (.safetensors)')
    .option('--labels <file>', 'IDX file of labels: prints how many predictions are right')
    .option('--json', 'print one line of JSON for each image')
    .addHelpText('after', predictHelp);
  return {
    command,
    request: () => {
      const { checkpoint, labels, json } = command.opts<{ checkpoint: string; labels?: string; json?: true }>();
      return { command: 'predict', args: { file: command.args[0]!, checkpoint, labels, json: json === true } };
    },
  };
}
