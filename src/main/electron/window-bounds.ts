import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** The smallest window that every screen of the page is laid out for. CSS pixels. */
export const SMALLEST = { width: 1024, height: 700 } as const;
export const FIRST_SIZE = { width: 1440, height: 900 } as const;

export const boundsSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(SMALLEST.width),
  height: z.int().min(SMALLEST.height),
  isMaximized: z.boolean(),
});
export type WindowBounds = z.infer<typeof boundsSchema>;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was, or null when that is unknown, damaged or on a screen that is gone. */
export function readBounds(file: string, screens: readonly Area[]): WindowBounds | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // None was written yet.
    return null;
  }
  const parsed = boundsSchema.safeParse(parseOrNull(text));
  if (!parsed.success) return null;
  const { x, y, width } = parsed.data;
  // The title bar must be reachable: its middle has to lie on a screen.
  const isVisible = screens.some(
    (screen) =>
      x + width / 2 >= screen.x &&
      x + width / 2 < screen.x + screen.width &&
      y >= screen.y &&
      y < screen.y + screen.height,
  );
  return isVisible ? parsed.data : null;
}

export function writeBounds(file: string, bounds: WindowBounds): void {
  writeFileSync(file, JSON.stringify(bounds));
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A crash cut it off; the window comes up where a first one would.
    return null;
  }
}
