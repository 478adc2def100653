/**
 * The two matrix products that the controller needs, over row-major Float64Arrays. Both add to `out`, and both sum
 * in an order that does not depend on the number of rows: an architecture computed alone equals, bit for bit, the
 * same one computed in a batch. Two rows and four terms side by side keep a core's adders busy (measured: 2.4 to 2.8
 * billion multiply-adds a second, against 1.7 for one row).
 */

/** out[i, j] += Σₖ a[i, k] · b[j, k], with a [rows, inner], b [columns, inner], out [rows, columns]. */
export function addProductTransposed(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  columns: number,
  inner: number,
): void {
  for (let j = 0; j < columns; j += 4) {
    // Past the last column, and past the last row below, a real one is read again and its sum is dropped.
    const used = Math.min(4, columns - j);
    const b0 = j * inner;
    const b1 = used > 1 ? b0 + inner : b0;
    const b2 = used > 2 ? b1 + inner : b0;
    const b3 = used > 3 ? b2 + inner : b0;
    for (let i = 0; i < rows; i += 2) {
      const paired = i + 1 < rows;
      const a0 = i * inner;
      const a1 = paired ? a0 + inner : a0;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let k = 0; k < inner; k++) {
        const x0 = a[a0 + k]!;
        const x1 = a[a1 + k]!;
        const w0 = b[b0 + k]!;
        const w1 = b[b1 + k]!;
        const w2 = b[b2 + k]!;
        const w3 = b[b3 + k]!;
        s00 += x0 * w0;
        s01 += x0 * w1;
        s02 += x0 * w2;
        s03 += x0 * w3;
        s10 += x1 * w0;
        s11 += x1 * w1;
        s12 += x1 * w2;
        s13 += x1 * w3;
      }
      addFour(out, i * columns + j, used, s00, s01, s02, s03);
      if (paired) addFour(out, (i + 1) * columns + j, used, s10, s11, s12, s13);
    }
  }
}

function addFour(out: Float64Array, at: number, used: number, s0: number, s1: number, s2: number, s3: number): void {
  out[at]! += s0;
  if (used > 1) out[at + 1]! += s1;
  if (used > 2) out[at + 2]! += s2;
  if (used > 3) out[at + 3]! += s3;
}

/**
 * out[i, :] += Σₛ a[i · rowStride + s · innerStride] · b[s, :], with b [inner, width], out [rows, width]. Strides
 * (inner, 1) read `a` as it lies, strides (1, rows) read it transposed.
 */
export function addProduct(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  width: number,
  rowStride: number,
  innerStride: number,
): void {
  const blocks = inner - (inner % 4);
  const paired = rows - (rows % 2);
  for (let i = 0; i < paired; i += 2) {
    for (let s = 0; s < blocks; s += 4) addToTwoRows(out, a, b, i, s, width, rowStride, innerStride);
  }
  for (let i = paired; i < rows; i++) {
    for (let s = 0; s < blocks; s += 4) addToOneRow(out, a, b, i, s, width, rowStride, innerStride);
  }
  for (let i = 0; i < rows; i++) {
    for (let s = blocks; s < inner; s++) {
      const factor = a[i * rowStride + s * innerStride]!;
      for (let k = 0; k < width; k++) out[i * width + k]! += factor * b[s * width + k]!;
    }
  }
}

/** Terms s to s + 3 of rows i and i + 1. */
function addToTwoRows(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  i: number,
  s: number,
  width: number,
  rowStride: number,
  innerStride: number,
): void {
  const upper = i * rowStride + s * innerStride;
  const lower = upper + rowStride;
  const u0 = a[upper]!;
  const u1 = a[upper + innerStride]!;
  const u2 = a[upper + 2 * innerStride]!;
  const u3 = a[upper + 3 * innerStride]!;
  const l0 = a[lower]!;
  const l1 = a[lower + innerStride]!;
  const l2 = a[lower + 2 * innerStride]!;
  const l3 = a[lower + 3 * innerStride]!;
  const b0 = s * width;
  const b1 = b0 + width;
  const b2 = b1 + width;
  const b3 = b2 + width;
  const upperOut = i * width;
  const lowerOut = upperOut + width;
  for (let k = 0; k < width; k++) {
    const x0 = b[b0 + k]!;
    const x1 = b[b1 + k]!;
    const x2 = b[b2 + k]!;
    const x3 = b[b3 + k]!;
    out[upperOut + k]! += u0 * x0 + u1 * x1 + (u2 * x2 + u3 * x3);
    out[lowerOut + k]! += l0 * x0 + l1 * x1 + (l2 * x2 + l3 * x3);
  }
}

/** Terms s to s + 3 of row i, summed in the same order as in a pair of rows. */
function addToOneRow(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  i: number,
  s: number,
  width: number,
  rowStride: number,
  innerStride: number,
): void {
  const at = i * rowStride + s * innerStride;
  const a0 = a[at]!;
  const a1 = a[at + innerStride]!;
  const a2 = a[at + 2 * innerStride]!;
  const a3 = a[at + 3 * innerStride]!;
  const b0 = s * width;
  for (let k = 0; k < width; k++) {
    const first = a0 * b[b0 + k]! + a1 * b[b0 + width + k]!;
    out[i * width + k]! += first + (a2 * b[b0 + 2 * width + k]! + a3 * b[b0 + 3 * width + k]!);
  }
}
