import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { SearchEstimate } from '../../shared/records/estimate.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import { NASNET_A } from '../../shared/search-space/cells.ts';
import { cost, trainingMemoryBytes } from '../../shared/search-space/cost.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { SearchMaterial } from '../search/search.ts';
import { type Calibration, type CalibrationSetting, calibrate } from './calibration.ts';
import { type CalibrationCache, calibrationKey } from './calibration-cache.ts';
import { foretellTrials, sampleWork, searchRange, trialRange } from './search-plan.ts';

/** So many trials of the same kind tell more than a calibration. Ours. */
const LEAST_TRIALS = 5;
/** Cores that one trainer keeps busy where it has them. Two on two cores: as measured; more: ours, not measured. */
const CORES_OF_A_TRAINER = 4;
/** Bytes of a trainer before it has a child: Node and TensorFlow. Ours, as seen. */
const BARE_TRAINER_BYTES = 400 * 2 ** 20;
/** The images as they are read, as they are fed, and as the session holds them. */
const IMAGE_COPIES = 3;

export interface EstimateTools extends CalibrationSetting {
  readonly cache: CalibrationCache;
  /** Names of the GPUs that trainers use; none trains on the processor. */
  readonly gpus: () => Promise<readonly string[]>;
  /** Experiments in motion. */
  readonly running: () => readonly number[];
}

/** What a search would take on this machine, from what was measured on it. */
export class Estimates {
  private readonly setting: EstimateTools;
  /** One calibration at a time. */
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(setting: EstimateTools) {
    this.setting = setting;
  }

  /** Throws what `calibrate` throws, and `conflict` where it would have to while trainers are busy. */
  async estimate(config: ExperimentConfig, material: SearchMaterial, signal: AbortSignal): Promise<SearchEstimate> {
    const gpus = await this.setting.gpus();
    const key = calibrationKey(material.scale, config.recipe, material.subset, gpus);
    const trials = this.trialsLike(config);
    const calibration =
      trials.length >= LEAST_TRIALS
        ? this.setting.cache.find(key)
        : await this.calibrated(key, config, material, signal);
    const imageBytes = this.imageBytes(material);
    const trialsMs =
      trials.length >= LEAST_TRIALS || !calibration
        ? trials
        : this.foretell(calibration, config, material, imageBytes, gpus.length);
    const trainerBytes = IMAGE_COPIES * imageBytes + this.trainerBytes(calibration, config, material);
    const availableBytes = process.availableMemory();
    return {
      trialMs: trialRange(trialsMs),
      searchMs: searchRange(trialsMs, config),
      trainerBytes: Math.round(trainerBytes),
      availableBytes,
      fits: trainerBytes * config.trialsAtOnce <= availableBytes,
      basis: trialsMs === trials ? `${trials.length} trials of this project` : basisOf(calibration),
    };
  }

  /** Training times of finished trials of this space, scale, recipe, subset and data set, with as many at once. Milliseconds. */
  private trialsLike(config: ExperimentConfig): readonly number[] {
    const { experiments, trials } = this.setting.tools.store;
    const kindOf = ({ space, scale, recipe, subset, limits, dataset, trialsAtOnce }: ExperimentConfig) => [
      space,
      scale,
      recipe,
      subset,
      limits,
      dataset,
      trialsAtOnce,
    ];
    const wanted = kindOf(config);
    const like = experiments.list().filter((experiment) => isDeepStrictEqual(kindOf(experiment.config), wanted));
    return like.flatMap(({ id }) => trials.trainingTimes(id));
  }

  private async calibrated(
    key: string,
    config: ExperimentConfig,
    material: SearchMaterial,
    signal: AbortSignal,
  ): Promise<Calibration> {
    const next = this.underWay.then(async () => {
      const known = this.setting.cache.find(key);
      if (known) return known;
      this.refuseBusy();
      const calibration = await calibrate(config, material, this.setting, signal);
      this.setting.cache.keep(key, calibration);
      return calibration;
    });
    this.underWay = next.catch(() => undefined);
    return await next;
  }

  private refuseBusy(): void {
    const [experiment] = this.setting.running();
    if (experiment === undefined && this.setting.tools.queue.trainers().busy === 0) return;
    const who = experiment === undefined ? 'The trainers are busy' : `Experiment ${experiment} is being trained`;
    throw new WorkbenchError(
      'conflict',
      `${who}, and a calibration beside it would measure wrong times: pause it, or ask again when it rests.`,
    );
  }

  private foretell(
    calibration: Calibration,
    config: ExperimentConfig,
    { scale, subset }: SearchMaterial,
    imageBytes: number,
    gpus: number,
  ): number[] {
    const slower = slowdown(config.trialsAtOnce, gpus);
    const work = sampleWork(config.space, scale);
    return foretellTrials(calibration, { ...config, subset }, work, imageBytes).map((ms) => slower * ms);
  }

  /** Of the part of the data set that a trainer holds; 0 where it is streamed from disk. */
  private imageBytes({ scale, subset }: SearchMaterial): number {
    const images = subset.training + subset.validation;
    const bytes = images * scale.height * scale.width * scale.channels;
    return bytes <= this.setting.tools.residentBytes ? bytes : 0;
  }

  /** Without its images. As calibrated, else reckoned. */
  private trainerBytes(
    calibration: Calibration | null,
    { recipe }: ExperimentConfig,
    { scale }: SearchMaterial,
  ): number {
    if (calibration !== null && calibration.peakBytes > 0) return calibration.peakBytes;
    return BARE_TRAINER_BYTES + trainingMemoryBytes(cost(planNetwork(NASNET_A, scale)), recipe.batchSize);
  }
}

/** By how much a trial takes longer beside the others. */
function slowdown(trialsAtOnce: number, gpus: number): number {
  if (gpus > 0) return Math.max(1, trialsAtOnce / gpus);
  const cores = availableParallelism();
  return Math.max(1, (trialsAtOnce * Math.min(cores, CORES_OF_A_TRAINER)) / cores);
}

/** By this machine's clock, to the minute: `a calibration of 2026-01-31 14:02`. */
function basisOf(calibration: Calibration | null): string {
  const at = new Date(calibration?.at ?? 0);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  const moment = local.toISOString().slice(0, 16).replace('T', ' ');
  const busy = calibration?.wasBusy ? ', when other programs kept this machine busy' : '';
  return `a calibration of ${moment}${busy}`;
}
