import type { DataType, Shape } from '../data-types.ts';
import { isFloating } from '../data-types.ts';
import { type Tensor, typeText } from '../graph.ts';

/** The shape of an element-wise operation on both, by NumPy's rule; throws when they don't fit. */
export function broadcastShape(a: Tensor, b: Tensor): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a.shape[axis - rank + a.shape.length] ?? 1;
    const right = b.shape[axis - rank + b.shape.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new TypeError(`${typeText(a)} (${a.name}) and ${typeText(b)} (${b.name}) don't broadcast to one shape.`);
    }
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

export function expectSameType(operation: string, ...tensors: readonly Tensor[]): DataType {
  const first = tensors[0];
  if (!first) throw new TypeError(`${operation} needs at least one tensor.`);
  for (const tensor of tensors) {
    if (tensor.dtype !== first.dtype) {
      throw new TypeError(
        `${operation} needs tensors of one type, not ${typeText(first)} (${first.name}) and ${typeText(tensor)} (${tensor.name}).`,
      );
    }
  }
  return first.dtype;
}

export function expectFloating(operation: string, tensor: Tensor): void {
  if (!isFloating(tensor.dtype)) {
    throw new TypeError(`${operation} needs floating-point numbers, not ${typeText(tensor)} (${tensor.name}).`);
  }
}

export function expectRank(operation: string, tensor: Tensor, rank: number): void {
  if (tensor.shape.length !== rank) {
    throw new TypeError(`${operation} needs ${rank} dimensions, not ${typeText(tensor)} (${tensor.name}).`);
  }
}

/** Axes as 0 … rank - 1, sorted, without repeats; negative ones count from the end. */
export function normaliseAxes(tensor: Tensor, axes: readonly number[]): number[] {
  const rank = tensor.shape.length;
  const found = new Set<number>();
  for (const axis of axes) {
    const positive = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
      throw new RangeError(`${typeText(tensor)} (${tensor.name}) has no axis ${axis}.`);
    }
    found.add(positive);
  }
  return [...found].sort((a, b) => a - b);
}
