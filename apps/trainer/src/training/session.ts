/**
 * A training run in memory: model, optimiser, task, and where it stands. It trains step by step and tells what happened; when to save, print or stop is decided
 * by who listens. Everything that the next step depends on is in `checkpoint()`, so that a run that goes on from there ends in the same weights, bit for bit.
 */
import { FormatError } from '@nn/backend';
import type { DataLoader, LoaderState } from '@nn/data';
import type { Module } from '@nn/nn';
import { type GeneratorState, getBackend, getRngState, manualSeed, setRngState, type Tensor } from '@nn/tensor';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { Failure } from '../failure.ts';
import { buildModel, describeModel, type ModelDescription, weightShapes } from '../models/models.ts';
import type { TrainingOptions } from '../options/training-options.ts';
import type { EpochMetrics, StepMetrics } from './metrics.ts';
import { describeInMetadata } from './model-metadata.ts';
import {
  type AnyOptimizer,
  buildOptimizer,
  loadOptimizer,
  type OptimizerNumbers,
  storeOptimizer,
} from './optimizer.ts';
import { readScalars } from './read-together.ts';
import { rowsOf } from './rows.ts';
import type { Means } from './score.ts';
import { checkWeights, loadWeights, storeWeights } from './stored-tensors.ts';
import { meansOf, nothingSeen, type TallyState, tallied } from './tally.ts';
import type { Batch, Judgement, Task } from './task.ts';
import { warmUp } from './warm-up.ts';

/** What a checkpoint holds besides tensors. */
export interface TrainingRecord {
  /** Whole epochs. */
  readonly epoch: number;
  /** Batches, over all epochs. */
  readonly step: number;
  /** Time spent training so far. */
  readonly seconds: number;
  /** The running epoch, and the steps since the last line of metrics. */
  readonly epochTally: TallyState;
  readonly windowTally: TallyState;
  /** The place in the running epoch; null between epochs. */
  readonly loader: LoaderState | null;
  readonly random: GeneratorState;
  readonly optimizer: OptimizerNumbers;
}

/** What happened: a batch was trained on, a line of metrics is due, an epoch is over. */
export type TrainingEvent = { readonly type: 'batch'; readonly lastOfEpoch: boolean } | StepMetrics | EpochMetrics;

/** A batch whose numbers haven't been read yet: reading may be slow, and no step waits for it. */
interface Unread {
  readonly step: number;
  readonly samples: number;
  readonly loss: Tensor;
  readonly correct: Tensor;
}

export class Session {
  readonly options: TrainingOptions;
  readonly task: Task;
  readonly description: ModelDescription;
  readonly model: Module;
  readonly #optimizer: AnyOptimizer;
  readonly #loader: DataLoader<Batch>;
  #epoch = 0;
  #step = 0;
  #midEpoch = false;
  #epochTally = nothingSeen;
  #windowTally = nothingSeen;
  #unread: Unread[] = [];
  #secondsBefore = 0;
  #since: number = performance.now();
  /** How the model did after the last epoch of this session. */
  judgement: Judgement | null = null;

  constructor(options: TrainingOptions, task: Task) {
    this.options = options;
    this.task = task;
    manualSeed(options.seed);
    this.description = describeModel(options, task.sizes);
    this.model = buildModel(this.description);
    this.#optimizer = buildOptimizer(this.model, options);
    this.#loader = task.load(options);
  }

  /** Whole epochs done. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Batches done, over all epochs. */
  get step(): number {
    return this.#step;
  }

  get batchesPerEpoch(): number {
    return this.#loader.length;
  }

  /** Seconds of training, those before a resume included. */
  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#since) / 1000;
  }

  /** Trains the epochs that are left, after each of them judging the model by what is held out. */
  async *train(): AsyncGenerator<TrainingEvent, void, void> {
    this.#since = performance.now();
    let isFirst = true;
    while (this.#epoch < this.options.epochs) {
      this.model.train();
      const lastStep = (this.#epoch + 1) * this.batchesPerEpoch;
      this.#midEpoch = true;
      for await (const batch of this.#loader) {
        if (isFirst) await warmUp(getBackend(), () => this.#trainBatch(batch));
        else this.#trainBatch(batch);
        isFirst = false;
        if (this.#step % this.options.logEvery === 0) yield await this.#closeWindow();
        yield { type: 'batch', lastOfEpoch: this.#step === lastStep };
      }
      yield await this.#closeEpoch();
    }
  }

  #trainBatch(batch: Batch): void {
    const { logits, answers, loss } = rowsOf(this.model, batch);
    loss.backward();
    this.#optimizer.step();
    this.#optimizer.zeroGrad();
    this.#step++;
    const correct = logits.detach().argmax({ dim: 1 }).eq(answers).sum();
    this.#unread.push({
      step: this.#step,
      samples: answers.shape[0]!,
      loss: loss.detach() as Tensor,
      correct: correct as Tensor,
    });
  }

  /** Reads what the batches since the last call gave, and returns the means of the running epoch. */
  async progress(): Promise<Means> {
    const unread = this.#unread.splice(0);
    const [losses, corrects] = await Promise.all([
      readScalars(unread.map(({ loss }) => loss)),
      readScalars(unread.map(({ correct }) => correct)),
    ]);
    for (const [i, { step, samples }] of unread.entries()) {
      const [value, right] = [losses[i]!, corrects[i]!];
      if (!Number.isFinite(value)) {
        throw new Failure(
          `the loss became ${value} at step ${step} (epoch ${this.#epoch + 1}): training has diverged; try a smaller --lr than ${this.options.lr}`,
        );
      }
      this.#epochTally = tallied(this.#epochTally, samples, value, right);
      this.#windowTally = tallied(this.#windowTally, samples, value, right);
    }
    return meansOf(this.#epochTally);
  }

  async #closeWindow(): Promise<StepMetrics> {
    await this.progress();
    const means = meansOf(this.#windowTally);
    this.#windowTally = nothingSeen;
    return { type: 'step', epoch: this.#epoch + 1, step: this.#step, ...means, seconds: this.seconds };
  }

  async #closeEpoch(): Promise<EpochMetrics> {
    const train = await this.progress();
    this.judgement = await this.task.judge(this.model);
    this.#epoch++;
    this.#midEpoch = false;
    this.#epochTally = nothingSeen;
    const { loss: validLoss, accuracy: validAccuracy } = this.judgement.means;
    return {
      type: 'epoch',
      epoch: this.#epoch,
      step: this.#step,
      trainLoss: train.loss,
      trainAccuracy: train.accuracy,
      validLoss,
      validAccuracy,
      seconds: this.seconds,
    };
  }

  /** Everything that a later session needs to go on from between two events. */
  async checkpoint(): Promise<Checkpoint<TrainingRecord>> {
    await this.progress();
    const { tensors, numbers } = await storeOptimizer(this.#optimizer);
    return {
      model: {
        tensors: await storeWeights(this.model),
        metadata: describeInMetadata(this.description, this.task.metadata),
      },
      optimizer: tensors,
      training: {
        epoch: this.#epoch,
        step: this.#step,
        seconds: this.seconds,
        epochTally: this.#epochTally,
        windowTally: this.#windowTally,
        loader: this.#midEpoch ? this.#loader.stateDict() : null,
        random: getRngState(),
        optimizer: numbers,
      },
    };
  }

  /** Takes over where a session of the same options and data stood. */
  restore(place: string, { model, optimizer, training }: Checkpoint<TrainingRecord>): void {
    checkWeights(place, model.tensors, weightShapes(this.description));
    const perEpoch = this.batchesPerEpoch;
    if (training.step < training.epoch * perEpoch || training.step > (training.epoch + 1) * perEpoch) {
      throw new FormatError(
        'checkpoint',
        `${place}: step ${training.step} doesn't lie in epoch ${training.epoch + 1} of ${perEpoch} steps each`,
      );
    }
    loadWeights(this.model, model.tensors);
    loadOptimizer(this.#optimizer, optimizer, training.optimizer);
    setRngState(training.random);
    if (training.loader !== null) this.#loader.loadStateDict(training.loader);
    this.#epoch = training.epoch;
    this.#step = training.step;
    this.#epochTally = training.epochTally;
    this.#windowTally = training.windowTally;
    this.#secondsBefore = training.seconds;
    this.#since = performance.now();
  }
}
