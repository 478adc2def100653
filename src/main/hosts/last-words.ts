const KEPT_CHARACTERS = 8192;
const LONGEST = 300;
/** Lines in which TensorFlow, glibc and Node say why they end a process. */
const TELLING = /^F\d{4} |check failed|fatal|terminate called|what\(\)|error:|corrupt|invalid pointer/i;

/** TensorFlow's chatter at its start. */
const CHATTER = /^(I\d{4} |WARNING: All log messages before absl)/;

/** Level, time and thread at the start of TensorFlow's lines. */
const PREFIX = /^[EFW]\d{4} \S+ +\d+ /;

/** The end of what a process wrote to its standard error. */
export class LastWords {
  private text = '';

  hear(chunk: Buffer): void {
    this.text = (this.text + chunk.toString()).slice(-KEPT_CHARACTERS);
  }

  /** The first line that names a cause, else the last one; null when nothing but chatter was said. */
  mostTelling(): string | null {
    const lines = this.text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !CHATTER.test(line));
    const line = lines.find((candidate) => TELLING.test(candidate)) ?? lines.at(-1);
    return line?.replace(PREFIX, '').slice(0, LONGEST) ?? null;
  }
}
