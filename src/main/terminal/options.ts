import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_PROJECT } from './terminal.ts';
import { closestWord } from './text.ts';

/** `--project FOLDER`, the same for every command. */
export function projectOption(): Option {
  return new Option('--project <folder>', `folder of the project (default: .cellwright/${DEFAULT_PROJECT})`).argParser(
    folder,
  );
}

/** Reads the name of a folder, for commander: anything but nothing, which would be the current folder. */
export function folder(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must name a folder.');
  return text;
}

export function experimentOption(usual = 'the newest'): Option {
  const meaning = `which search of the project (default: ${usual})`;
  return wholeOption('--experiment <number>', meaning, Number.MAX_SAFE_INTEGER);
}

export const MOST_TRIALS = 1_000_000;
export const MOST_TRIALS_AT_ONCE = 64;

/** An option that takes a whole number from 1. */
export function wholeOption(flags: string, meaning: string, most: number): Option {
  return new Option(flags, meaning).argParser(wholeNumber(1, most));
}

export function timeLimitOption(): Option {
  return new Option('--time-limit <time>', 'start no child after so long, such as 90s, 10m, 2h').argParser(duration);
}

/** An option that takes one of a few words, and names the one that was most likely meant. */
export function choiceOption(flags: string, meaning: string, words: readonly string[], usual: string): Option {
  return new Option(flags, meaning)
    .choices(words)
    .argParser((text) => {
      if (words.includes(text)) return text;
      const meant = closestWord(text, words);
      throw new InvalidArgumentError(`There are ${words.join(', ')}.${meant ? ` Did you mean ${meant}?` : ''}`);
    })
    .default(usual);
}

/** Reads a whole number within bounds, for commander. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  const bounds = most >= Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
    }
    return value;
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `90s`, `10m`, `1.5h` or `2d` as milliseconds, for commander. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)$/.exec(text);
  const unit = UNIT_MS[match?.[2] ?? ''];
  if (!match || unit === undefined) throw new InvalidArgumentError('It must be a time such as 90s, 10m, 1.5h or 2d.');
  return Math.round(Number(match[1]) * unit);
}
