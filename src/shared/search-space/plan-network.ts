import { type Architecture, type Scale, scaleSchema } from '../records/architecture.ts';
import { WorkbenchError } from '../workbench-error.ts';
import { auxiliaryCell, cellSchedule, liveCells, type ScheduledCell } from './cell-schedule.ts';
import { parseArchitecture } from './cells.ts';
import { AUXILIARY_WINDOW, hasAuxiliary, type MapSize, stemMap } from './map-sizes.ts';
import type { Endpoint, NetworkPlan, PlannedCell } from './plan.ts';
import { cellOutputSize, writeCell } from './plan-cell.ts';
import { PlanWriter, type Site } from './plan-writer.ts';

/** Filters of the small stem are this many times F (released `stem_multiplier`). */
const CIFAR_STEM_MULTIPLIER = 3;
/** Filters of the large stem: released mobile model (224 pixels) and large model (331; 299 likewise). Ours: of the longer side. */
const IMAGENET_STEM_FILTERS = { upTo224: 32, above: 96 };
/** Auxiliary classifier (released code): window and stride of its pooling, widths of its two convolutions. */
const AUXILIARY = { window: AUXILIARY_WINDOW, stride: 3, projection: 128, features: 768 };

/**
 * Plans the whole child model of an architecture at a scale.
 *
 * The plumbing is the released code's (tensorflow/models, research/slim/nets/nasnet). What it leaves open is ours:
 * parts that do not reach a classifier are not planned (an unread cell input, dead blocks, cells that nothing reads),
 * and an endpoint that is not built is not listed; an auxiliary classifier whose pool does not fit is left out
 * (`scaleNotes` says so). Throws `invalid_input` when architecture or scale is not valid; every valid pair has a plan.
 */
export function planNetwork(architecture: Architecture, scale: Scale): NetworkPlan {
  parseArchitecture(architecture);
  refuseScale(scale);
  const writer = new PlanWriter();
  const endpoints: Endpoint[] = [];
  const mark = (name: string, step: number) => endpoints.push({ name, step, shape: writer.shapeOf(step) });

  const stem = writeStem(writer, scale);
  if (scale.stem === 'cifar') mark('Stem', stem);
  const { cells, auxiliaryLogits } = writeBody(writer, architecture, scale, stem, mark);
  const last = cells.at(-1)!.outputStep!;
  const head: Site = { scope: 'final_layer', place: { part: 'head' } };
  const pooled = writer.vector(head, 'global_pool', writer.relu(head, last));
  mark('global_pool', pooled);
  const logits = writer.dense(head, 'FC', writer.vector(head, 'dropout', pooled), scale.classes);
  mark('Logits', logits);
  const predictions = writer.vector(head, 'softmax', logits);
  mark('Predictions', predictions);
  return { architecture, scale, steps: writer.steps, cells, endpoints, logits, predictions, auxiliaryLogits };
}

/** A convolution and its normalisation, no ReLU: 3x3 with 3F filters, or strided and unpadded for large images. */
function writeStem(writer: PlanWriter, scale: Scale): number {
  const images = writer.input(scale.height, scale.width, scale.channels);
  const place = { part: 'stem' } as const;
  if (scale.stem === 'cifar') {
    const settings = { kernel: [3, 3], strides: [1, 1], padding: 'SAME' } as const;
    const filters = scale.filters * CIFAR_STEM_MULTIPLIER;
    const convolved = writer.convolution({ scope: '', place }, 'l1_stem_3x3', images, { ...settings, filters });
    return writer.batchNorm({ scope: '', place }, 'l1_stem_bn', convolved);
  }
  const settings = { kernel: [3, 3], strides: [2, 2], padding: 'VALID' } as const;
  const { upTo224, above } = IMAGENET_STEM_FILTERS;
  const filters = scale.stemFilters ?? (Math.max(scale.height, scale.width) <= 224 ? upTo224 : above);
  const convolved = writer.convolution({ scope: '', place }, 'conv0', images, { ...settings, filters });
  return writer.batchNorm({ scope: '', place }, 'conv0_bn', convolved);
}

/** All cells, and the auxiliary classifier where the scale asks for it. */
function writeBody(
  writer: PlanWriter,
  architecture: Architecture,
  scale: Scale,
  stem: number,
  mark: (name: string, step: number) => void,
): { cells: PlannedCell[]; auxiliaryLogits: number | null } {
  const schedule = cellSchedule(scale);
  const live = liveCells(schedule, architecture, scale);
  /** Step (null when not built) and map size of every output that a cell can take. */
  const outputs: { step: number | null; size: MapSize }[] = [{ step: stem, size: stemMap(scale) }];
  const cells: PlannedCell[] = [];
  let auxiliaryLogits: number | null = null;
  for (const [index, scheduled] of schedule.entries()) {
    const { step: current, size } = outputs[scheduled.current]!;
    const previous = outputs[scheduled.previous ?? scheduled.current]!.step;
    const cell = architecture[scheduled.kind];
    const context = { writer, scheduled, cell, index, count: schedule.length, size, current, previous };
    const planned = live.has(index) ? writeCell(context) : unbuiltCell(scheduled, index);
    cells.push(planned);
    outputs.push({ step: planned.outputStep, size: cellOutputSize(scheduled.kind, size) });
    if (planned.outputStep === null) continue;
    if (scheduled.endpoint !== null) mark(scheduled.endpoint, planned.outputStep);
    if (hasAuxiliary(scale) && index === auxiliaryCell(scale)) {
      auxiliaryLogits = writeAuxiliary(writer, scheduled, planned.outputStep, scale.classes);
      mark('AuxLogits', auxiliaryLogits);
    }
  }
  return { cells, auxiliaryLogits };
}

function unbuiltCell({ name, kind, filters }: ScheduledCell, index: number): PlannedCell {
  return { index, name, kind, filters, inputSteps: [null, null], blocks: [], outputStep: null };
}

/** The auxiliary classifier on ReLU of a cell's output, a map that its pool fits into (released code). */
function writeAuxiliary(writer: PlanWriter, { name }: ScheduledCell, input: number, classes: number): number {
  const scope = `${name.replace('cell', 'aux')}/aux_logits`;
  const site: Site = { scope, place: { part: 'auxiliary' } };
  const pooling = { mode: 'average', kernel: AUXILIARY.window, stride: AUXILIARY.stride, padding: 'VALID' } as const;
  const pooled = writer.pool(site, writer.relu(site, input), pooling);
  const projected = writer.pointwise(site, 'proj', pooled, AUXILIARY.projection);
  const state = writer.relu(site, writer.batchNorm(site, 'aux_bn0', projected));
  const [height, width] = writer.mapOf(state);
  const whole = { kernel: [height, width], strides: [1, 1], padding: 'VALID', filters: AUXILIARY.features } as const;
  const features = writer.batchNorm(site, 'aux_bn1', writer.convolution(site, 'Conv', state, whole));
  return writer.dense(site, 'FC', writer.vector(site, 'flatten', writer.relu(site, features)), classes);
}

function refuseScale(scale: Scale): void {
  const result = scaleSchema.safeParse(scale);
  if (result.success) return;
  const issue = result.error.issues[0]!;
  const field = issue.path.join('.');
  const value = JSON.stringify((scale as Record<string, unknown>)[field]);
  throw new WorkbenchError('invalid_input', `The scale's ${field} can't be ${value}: ${issue.message}.`);
}
