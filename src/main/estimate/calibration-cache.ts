import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { batchSizeOf } from '../../shared/batch-sizes.ts';
import type { Scale } from '../../shared/records/architecture.ts';
import type { Recipe, SubsetCounts } from '../../shared/records/recipe.ts';
import { makeFolders } from '../make-folders.ts';
import { TENSORFLOW_ENVIRONMENT } from '../tensor/backend.ts';
import { type Calibration, calibrationSchema, validationShare } from './calibration.ts';

/** A machine changes: its load, its drivers, its heat. Ours. Milliseconds. */
const GOOD_FOR_MS = 7 * 24 * 3_600_000;
/** One that other programs disturbed is only good until they may have ended. Ours. */
const GOOD_WHEN_BUSY_MS = 10 * 60_000;
const KEPT = 100;

const fileSchema = z.record(z.string(), z.unknown());

/** Calibrations of this machine, kept in the home folder for all projects. */
export class CalibrationCache {
  private readonly home: string;
  private readonly now: () => Date;

  constructor(home: string, now: () => Date) {
    this.home = home;
    this.now = now;
  }

  find(key: string): Calibration | null {
    const found = this.read()[key];
    if (!found) return null;
    const goodForMs = found.wasBusy ? GOOD_WHEN_BUSY_MS : GOOD_FOR_MS;
    return this.now().getTime() - Date.parse(found.at) < goodForMs ? found : null;
  }

  keep(key: string, calibration: Calibration): void {
    const entries = Object.entries({ ...this.read(), [key]: calibration });
    const newest = entries.toSorted(([, a], [, b]) => b.at.localeCompare(a.at)).slice(0, KEPT);
    const unfinished = `${this.file}.${process.pid}.tmp`;
    makeFolders(this.home);
    writeFileSync(unfinished, JSON.stringify(Object.fromEntries(newest), null, 1));
    renameSync(unfinished, this.file);
  }

  private get file(): string {
    return join(this.home, 'calibrations.json');
  }

  private read(): Record<string, Calibration> {
    try {
      const stored = Object.entries(fileSchema.parse(JSON.parse(readFileSync(this.file, 'utf8'))));
      // One that was made in another way is as good as none.
      const alike = stored.flatMap(([key, entry]) => {
        const calibration = calibrationSchema.safeParse(entry);
        return calibration.success ? [[key, calibration.data] as const] : [];
      });
      return Object.fromEntries(alike);
    } catch {
      // Not there yet, or damaged: it only costs a calibration.
      return {};
    }
  }
}

/** All that the time of a step depends on: the machine, the engine's build, and what a step does. */
export function calibrationKey(scale: Scale, recipe: Recipe, subset: SubsetCounts, gpus: readonly string[]): string {
  const { precision, optimizer, augmentation } = recipe;
  const step = {
    batch: batchSizeOf(recipe, subset.training),
    evaluations: validationShare(subset).toFixed(2),
    precision,
    optimizer: optimizer.kind,
    augmentation,
    hasDropPath: recipe.dropPathKeep < 1,
    hasAverage: recipe.weightAverageDecay > 0,
    hasClipping: recipe.clipNorm > 0,
  };
  const machine = [cpus()[0]?.model ?? '', availableParallelism(), gpus, process.version, TENSORFLOW_ENVIRONMENT];
  return createHash('sha256')
    .update(JSON.stringify([machine, engineBuild(), scale, step]))
    .digest('hex');
}

/** Changes when TensorFlow's binding is built anew. */
function engineBuild(): string {
  try {
    const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
    const { size, mtimeMs } = statSync(file);
    return `${size} ${mtimeMs}`;
  } catch {
    // Not set up: whatever trains then is not TensorFlow.
    return '';
  }
}
