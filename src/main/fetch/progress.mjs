// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.

/**
 * Bytes for people, decimal as download tools count them.
 * @param {number} bytes
 */
export function formatBytes(bytes) {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return `${Math.max(0, Math.round(bytes / 1e3))} kB`;
}

/**
 * @param {number} seconds
 */
export function formatSeconds(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * Tells what set-up does: a line that is rewritten on a terminal, one line a step elsewhere.
 * @typedef {object} Progress
 * @property {(title: string, totalBytes: number) => void} step begins a step; 0 bytes when its size means nothing
 * @property {(doneBytes: number) => void} update
 * @property {(line: string) => void} say
 * @property {() => void} end
 */

/**
 * @param {{ isTTY?: boolean | undefined, columns?: number | undefined, write(text: string): unknown }} stream
 * @param {() => number} [now] milliseconds
 * @returns {Progress}
 */
export function createProgress(stream, now = () => performance.now()) {
  let title = '';
  let total = 0;
  let startedAt = 0;
  let shown = false;
  const clear = () => {
    if (shown) stream.write('\r\x1b[2K');
    shown = false;
  };
  /** @param {number} done */
  const draw = (done) => {
    const seconds = (now() - startedAt) / 1000;
    let text = `setup: ${title}`;
    if (total > 0) {
      const share = Math.min(done, total) / total;
      text += `  ${formatBytes(Math.min(done, total))} of ${formatBytes(total)}`;
      if (share > 0.02 && share < 1 && seconds > 1) text += `, ${formatSeconds(seconds / share - seconds)} left`;
    } else if (seconds > 1) {
      text += `  ${formatSeconds(seconds)}`;
    }
    clear();
    stream.write(text.slice(0, Math.max(20, (stream.columns || 80) - 1)));
    shown = true;
  };
  return {
    step(nextTitle, totalBytes) {
      clear();
      title = nextTitle;
      total = totalBytes;
      startedAt = now();
      if (stream.isTTY) draw(0);
      else stream.write(`setup: ${title}${total > 0 ? ` (${formatBytes(total)})` : ''}\n`);
    },
    update(doneBytes) {
      if (stream.isTTY) draw(doneBytes);
    },
    say(line) {
      clear();
      stream.write(`setup: ${line}\n`);
    },
    end: clear,
  };
}
