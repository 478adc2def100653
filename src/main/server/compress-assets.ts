import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = new Set(['.js', '.css', '.html', '.svg', '.json']);

/** A Vite plugin that writes `.br` and `.gz` beside what compresses, for the server to send as they are. */
export function compressAssets(): { name: string; writeBundle: (options: { dir?: string | undefined }) => void } {
  return {
    name: 'compress-assets',
    writeBundle: ({ dir }) => {
      if (dir !== undefined) compressFolder(dir);
    },
  };
}

function compressFolder(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.has(extname(entry.name))) continue;
    const file = join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}
