// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { Trophy } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import { TrialStateMark } from '../../components/states.tsx';
import { duration, FAILURE_WORDS, percent, percentDigits } from '../../components/words.ts';
import { CellThumbnail } from '../../graphs/cell-thumbnail.tsx';
import { roundedCount } from '../../graphs/part-words.ts';
import { thumbnailSummary } from '../../graphs/thumbnail-summary.ts';
import type { LeaderboardRow } from '../../state/leaderboard-rows.ts';
import styles from './leaderboard.module.css';

interface RowViewProps {
  readonly row: LeaderboardRow;
  readonly index: number;
  /** Place and size in pixels. */
  readonly top: number;
  readonly height: number;
  readonly isSelected: boolean;
  readonly isCompact: boolean;
  /** For compare. */
  readonly isMarked: boolean;
  readonly onSelect: (trial: number) => void;
}

/** One row; the grid around it has the focus and the keys. */
export const LeaderboardRowView = memo(
  function LeaderboardRowView(props: RowViewProps): ReactElement {
    const { row, index, top, height, isSelected, isCompact, isMarked, onSelect } = props;
    const { trial, rank, reward, deviation, best, proposals } = row;
    const { failure } = trial;
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
      <div
        role="row"
        id={`row-${trial.trial}`}
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        data-trial={trial.trial}
        className={`${styles.row} ${styles.data} ${isSelected ? styles.selected : ''} ${isMarked ? styles.marked : ''}`}
        style={{ transform: `translateY(${top}px)`, height }}
        onClick={() => onSelect(trial.trial)}
      >
        <span role="gridcell" className={styles.rank}>
          {rank === 1 ? <Trophy size={14} aria-label="best" /> : null}
          {rank ?? '–'}
          {isMarked ? <span className="visually-hidden">, marked for compare</span> : null}
        </span>
        <span role="gridcell" className={styles.cell} title={thumbnailSummary(trial.architecture.normal)}>
          <CellThumbnail cell={trial.architecture.normal} size={isCompact ? 'compact' : 'comfortable'} />
          <span className="visually-hidden">{thumbnailSummary(trial.architecture.normal)}</span>
        </span>
        <span role="gridcell" className={styles.reward}>
          {reward === null ? '–' : percentDigits(reward)}
          {deviation === null ? null : <small> ± {percentDigits(deviation)}</small>}
        </span>
        <span
          role="gridcell"
          className={styles.best}
          title={best === null ? undefined : `best ${percent(best)} at epoch ${trial.bestEpoch}`}
        >
          {best === null ? '–' : percentDigits(best)}
        </span>
        <span role="gridcell" className={styles.params}>
          {roundedCount(trial.trainableParameters)}
        </span>
        <span role="gridcell" className={styles.madds}>
          {roundedCount(trial.multiplyAdds)}
        </span>
        <span role="gridcell" className={styles.time}>
          {trial.reusedFrom === null && trial.durationMs > 0 ? duration(trial.durationMs) : '–'}
        </span>
        <span role="gridcell" className={styles.state}>
          <TrialStateMark state={trial.state} detail={failure === null ? undefined : FAILURE_WORDS[failure]} />
        </span>
        <span role="gridcell" className={styles.origin} title={originWords(row)}>
          {originWords(row)}
        </span>
        <span role="gridcell" className={styles.times}>
          {proposals > 1 ? proposals : ''}
        </span>
      </div>
    );
  },
  (one, other) =>
    one.top === other.top &&
    one.height === other.height &&
    one.isSelected === other.isSelected &&
    one.isCompact === other.isCompact &&
    one.isMarked === other.isMarked &&
    one.index === other.index &&
    one.row.trial === other.row.trial &&
    one.row.rank === other.row.rank &&
    one.row.reward === other.row.reward &&
    one.row.proposals === other.row.proposals,
);

function originWords({ trial }: LeaderboardRow): string {
  return trial.reusedFrom === null ? trial.origin : `reused from ${trial.reusedFrom}`;
}
