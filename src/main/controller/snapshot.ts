import { createHash } from 'node:crypto';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { AdamState } from './adam.ts';
import { type PolicyShape, parameterCount } from './parameters.ts';

/** Everything that the controller's next proposals and updates depend on, beside its config and seed. */
export interface ControllerState {
  weights: Float64Array;
  adam: AdamState;
  /** Proposals made so far; the next one has the number after it. */
  proposals: number;
  updates: number;
  /** Moving average of the rewards; null before the first update. */
  baseline: number | null;
}

/**
 * Layout, little-endian: 8 bytes "CWPOLICY", a 32-bit version, 32 bits of zero, 8 numbers of 64-bit floating point
 * (seed, hidden units, decisions, proposals, updates, baseline or NaN, the two powers of Adam), the size of each
 * decision, then weights, first and second moments as they lie in memory, and the SHA-256 of all that. Whatever later
 * versions hold, they begin with the same 16 bytes and end with the hash.
 */
const MAGIC = 'CWPOLICY';
const VERSION = 1;
const PREFIX_BYTES = 16;
const HASH_BYTES = 32;
const SCALARS = 8;
/** The only number that may be no number: NaN before the first update. */
const BASELINE_PLACE = 5;

export function writeSnapshot(state: ControllerState, shape: PolicyShape, seed: number): Uint8Array {
  const numbers = Float64Array.from([
    seed,
    shape.hiddenUnits,
    shape.sizes.length,
    state.proposals,
    state.updates,
    state.baseline ?? Number.NaN,
    state.adam.beta1Power,
    state.adam.beta2Power,
    ...shape.sizes,
  ]);
  const parts = [numbers, state.weights, state.adam.firstMoment, state.adam.secondMoment];
  const length = parts.reduce((sum, part) => sum + part.byteLength, PREFIX_BYTES) + HASH_BYTES;
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, VERSION, true);
  let at = PREFIX_BYTES;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  bytes.set(sha256(bytes.subarray(0, at)), at);
  return bytes;
}

/** @throws WorkbenchError `corrupt`, `newer_version`, or `conflict` when it belongs to another search. */
export function readSnapshot(bytes: Uint8Array, shape: PolicyShape, seed: number): ControllerState {
  const numbers = checkedNumbers(bytes);
  const [ownSeed, hiddenUnits, decisions, proposals, updates, baseline, beta1Power, beta2Power] = numbers;
  const sizes = numbers.subarray(SCALARS, SCALARS + shape.sizes.length);
  const sameSpace = decisions === shape.sizes.length && shape.sizes.every((size, t) => size === sizes[t]);
  if (!sameSpace || hiddenUnits !== shape.hiddenUnits || ownSeed !== seed) {
    throw new WorkbenchError(
      'conflict',
      `This controller snapshot belongs to a search with seed ${ownSeed}, ${decisions} decisions and ${hiddenUnits} hidden units, not to this one with seed ${seed}, ${shape.sizes.length} decisions and ${shape.hiddenUnits} hidden units; restore the snapshot of this experiment.`,
    );
  }
  const count = parameterCount(shape);
  const start = SCALARS + shape.sizes.length;
  if (numbers.length !== start + 3 * count) {
    throw corrupt(`it holds ${numbers.length - start} weights and moments, not ${3 * count}`);
  }
  const part = (index: number) => numbers.slice(start + index * count, start + (index + 1) * count);
  return {
    weights: part(0),
    adam: { firstMoment: part(1), secondMoment: part(2), beta1Power: beta1Power!, beta2Power: beta2Power! },
    proposals: proposals!,
    updates: updates!,
    baseline: Number.isNaN(baseline) ? null : baseline!,
  };
}

/** The 64-bit numbers between prefix and hash, after all checks that need no knowledge of the search. */
function checkedNumbers(bytes: Uint8Array): Float64Array {
  const end = bytes.length - HASH_BYTES;
  const body = end - PREFIX_BYTES;
  if (body < 0) throw corrupt(`it is ${bytes.length} bytes long`);
  if (!sha256(bytes.subarray(0, end)).equals(bytes.subarray(end))) throw corrupt('its contents do not match its hash');
  if (new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw corrupt('it does not begin as one');
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  if (version > VERSION) {
    throw new WorkbenchError(
      'newer_version',
      `This controller snapshot has version ${version}, this Cellwright reads up to version ${VERSION}; open the project with the newer Cellwright that wrote it.`,
    );
  }
  if (body < SCALARS * 8 || body % 8 !== 0) throw corrupt(`it is ${bytes.length} bytes long`);
  const numbers = new Float64Array(body / 8);
  new Uint8Array(numbers.buffer).set(bytes.subarray(PREFIX_BYTES, end));
  if (numbers.some((value, index) => !Number.isFinite(value) && index !== BASELINE_PLACE))
    throw corrupt('a number is not finite');
  return numbers;
}

function corrupt(reason: string): WorkbenchError {
  return new WorkbenchError(
    'corrupt',
    `This controller snapshot is damaged (${reason}); restore an earlier snapshot of the experiment.`,
  );
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
