import { styleText } from 'node:util';

/** A stream of text that may be a terminal; `process.stdout` and `process.stderr` are. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export type Paint = (text: string) => string;
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** Wide enough for every table: what is not a terminal is not cut. */
const UNLIMITED_COLUMNS = 10_000;

/** Where a command writes: results to stdout, everything that only accompanies them to stderr. */
export class Output {
  readonly out: TextStream;
  readonly err: TextStream;
  readonly isJson: boolean;
  private readonly wantsColor: boolean;

  constructor(streams: { out: TextStream; err: TextStream }, options: { json: boolean; color: boolean }) {
    this.out = streams.out;
    this.err = streams.err;
    this.isJson = options.json;
    this.wantsColor = options.color;
  }

  /** One line of the result. */
  line(text = ''): void {
    this.out.write(`${text}\n`);
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.line(text);
  }

  /** The whole result of a command under `--json`. */
  json(value: unknown): void {
    this.out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One line beside the result. */
  note(text: string): void {
    this.err.write(`${text}\n`);
  }

  /** Columns that a table may take. */
  get width(): number {
    return this.out.isTTY ? (this.out.columns ?? 80) : UNLIMITED_COLUMNS;
  }

  /** Colours for stdout; the identity where they are not wanted. */
  paint(style: Style): Paint {
    return this.painter(this.out, style);
  }

  /** Colours for stderr. */
  paintNote(style: Style): Paint {
    return this.painter(this.err, style);
  }

  private painter(stream: TextStream, style: Style): Paint {
    if (!this.wantsColor || !stream.isTTY) return (text) => text;
    return (text) => styleText(style, text, { validateStream: false });
  }
}

/** NO_COLOR (no-color.org) with any text in it, `--no-color` and a dumb terminal all mean: none. */
export function wantsColor(environment: Readonly<Record<string, string | undefined>>, flag: boolean): boolean {
  return flag && !environment.NO_COLOR && environment.TERM !== 'dumb';
}
