import { memo, type ReactElement } from 'react';
import type { Cell } from '../../shared/records/architecture.ts';
import { drawCell } from './cell-drawing.ts';
import styles from './cell-thumbnail.module.css';
import { thumbnailPaths } from './thumbnail-paths.ts';

/** Width and height in CSS pixels, by the density of the rows. */
export const THUMBNAIL_SIZES = {
  comfortable: { width: 120, height: 34 },
  compact: { width: 96, height: 26 },
} as const;
export type ThumbnailSize = keyof typeof THUMBNAIL_SIZES;

/** Largest scale (ours): a cell of one block keeps the look of the others. */
const MAXIMUM_SCALE = 0.26;
/** Room kept for strokes, in CSS pixels (ours). */
const MARGIN = 1;

/**
 * A cell as a small picture without words. It is hidden from screen readers: the row that shows it carries
 * `thumbnailSummary` in its name.
 */
export const CellThumbnail = memo(function CellThumbnail({
  cell,
  size = 'comfortable',
}: {
  cell: Cell;
  size?: ThumbnailSize;
}): ReactElement {
  const { width, height } = THUMBNAIL_SIZES[size];
  const drawing = drawCell(cell);
  const { edges, ends, circles, families } = thumbnailPaths(drawing);
  const fitting = Math.min((width - 2 * MARGIN) / drawing.width, (height - 2 * MARGIN) / drawing.height);
  const scale = Math.min(fitting, MAXIMUM_SCALE);
  const left = (width - drawing.width * scale) / 2;
  const top = (height - drawing.height * scale) / 2;
  const hairline = 0.75 / scale;
  return (
    <svg aria-hidden="true" className={styles.thumbnail} width={width} height={height}>
      <g transform={`translate(${left.toFixed(2)} ${top.toFixed(2)}) scale(${scale.toFixed(4)})`}>
        <path className={styles.edges} d={edges} strokeWidth={hairline} />
        <path className={styles.ends} d={ends} />
        <path className={styles.circles} d={circles} />
        {families.map(([family, path]) => (
          <path
            key={family}
            className={styles[family]}
            d={path}
            strokeWidth={family === 'identity' ? hairline : undefined}
          />
        ))}
      </g>
    </svg>
  );
});
