import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closestWord,
  padEnd,
  padStart,
  printable,
  shellWord,
  textWidth,
  truncate,
} from '../../../src/main/terminal/text.ts';

describe('text in a terminal', () => {
  it('shows what would move the cursor, colour or reorder a line as a sign', () => {
    expect(printable('a\u001b[31mred\r\nb\u202egnp.exe\u200b')).toBe('a␦[31mred␦␦b␦gnp.exe␦');
    expect(printable('Blätter, 葉, 🍃')).toBe('Blätter, 葉, 🍃');
  });

  it('measures wide characters as two columns when it pads', () => {
    expect(padEnd('葉', 4)).toBe('葉  ');
    expect(padStart('葉', 4)).toBe('  葉');
  });

  it('cuts any text to its width without splitting a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, width) => {
        const clean = printable(text);
        const cut = truncate(clean, width);
        expect(textWidth(cut)).toBeLessThanOrEqual(width);
        if (textWidth(clean) <= width) expect(cut).toBe(clean);
        else expect(clean.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });

  it('quotes a folder for the shell only where that is needed', () => {
    expect(shellWord('.cellwright/projects/demo-1')).toBe('.cellwright/projects/demo-1');
    expect(shellWord("my project's")).toBe(`'my project'\\''s'`);
    expect(shellWord('$(rm -r x)')).toBe("'$(rm -r x)'");
  });

  it('finds the word that was meant, also with two letters swapped, and none where none is near', () => {
    expect(closestWord('quikc', ['quick', 'paper', 'workstation'])).toBe('quick');
    expect(closestWord('recipe.epoch', ['recipe.epochs', 'recipe.batchSize'])).toBe('recipe.epochs');
    expect(closestWord('xylophone', ['quick', 'paper', 'workstation'])).toBeNull();
  });
});
