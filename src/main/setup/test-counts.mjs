// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.

/**
 * How many tests were left out, and where: in all, then for each reason that a group of tests gave (test/left-out.ts).
 * @param {readonly (string | undefined)[]} reasons one a test
 */
function leftOutLine(reasons) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const reason of reasons) counts.set(reason ?? '', (counts.get(reason ?? '') ?? 0) + 1);
  const known = [...counts].filter(([reason]) => reason !== '').map(([reason, count]) => `${count} ${reason}`);
  const others = counts.get('') ?? 0;
  const parts = others > 0 ? [...known, `${others} that can't run here or weren't asked for`] : known;
  return `Left out: ${reasons.length} ${reasons.length === 1 ? 'test' : 'tests'}, ${parts.join(', ')}.`;
}

/**
 * What a run of vitest comes to, read from its JSON report.
 * @param {string | null} report the file's text, or null when vitest left none
 * @param {number} exitCode vitest's own
 * @returns {{ ok: boolean, lines: string[] }} the last line is "N passed, N failed", with ", N skipped" where some were
 *   left out; the line before it tells which
 */
export function countTests(report, exitCode) {
  const lines = [];
  let passed = 0;
  let failed = 0;
  /** @type {(string | undefined)[]} */
  const leftOut = [];
  if (report !== null) {
    const result = JSON.parse(report);
    for (const file of result.testResults) {
      // A file that can't even be loaded holds no test that could fail.
      if (
        file.status === 'failed' &&
        file.assertionResults.every((/** @type {any} */ test) => test.status !== 'failed')
      ) {
        lines.push(`${file.name} could not be run: ${String(file.message ?? '').split('\n')[0]}`);
        failed += 1;
      }
      for (const test of file.assertionResults) {
        if (test.status === 'passed') passed += 1;
        else if (test.status === 'failed') failed += 1;
        else leftOut.push(test.meta?.leftOut);
      }
    }
  }
  if (exitCode !== 0 && failed === 0) {
    lines.push(`The test runner ended with exit code ${exitCode}, outside of any test.`);
    failed = 1;
  }
  if (passed + failed === 0) lines.push('No test ran.');
  const skipped = leftOut.length;
  if (skipped > 0) lines.push(leftOutLine(leftOut));
  lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return { ok: failed === 0 && passed > 0, lines };
}
