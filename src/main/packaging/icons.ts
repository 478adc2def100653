import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Those that desktops of Linux look for; electron-builder makes the forms of Windows and macOS from the largest. Pixels. */
export const ICON_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const;

/** Draws the app's icon in every size into a folder, as `16x16.png` and so on. */
export async function drawIcons(svg: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const size of ICON_SIZES) {
    await sharp(svg, { density: (72 * size) / 256 })
      .resize(size, size)
      .png({ compressionLevel: 9 })
      .toFile(join(folder, `${size}x${size}.png`));
  }
}
