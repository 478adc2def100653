import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

export const boundsSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1024),
  height: z.int().min(700),
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
    return null;
  }
}
