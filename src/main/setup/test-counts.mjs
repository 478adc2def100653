// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.

/**
 * What a run of vitest comes to, read from its JSON report.
 * @param {string | null} report the file's text, or null when vitest left none
 * @param {number} exitCode vitest's own
 * @returns {{ ok: boolean, lines: string[] }} the last line is "N passed, N failed", with ", N skipped" where some were
 */
export function countTests(report, exitCode) {
  const lines = [];
  let passed = 0;
  let failed = 0;
  let skipped = 0;
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
        else skipped += 1;
      }
    }
  }
  if (exitCode !== 0 && failed === 0) {
    lines.push(`The test runner ended with exit code ${exitCode}, outside of any test.`);
    failed = 1;
  }
  if (passed + failed === 0) lines.push('No test ran.');
  lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return { ok: failed === 0 && passed > 0, lines };
}
