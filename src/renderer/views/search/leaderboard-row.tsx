// biome-ignore-all lint/a11y/useSemanticElements: rows of a virtual list are placed one by one, which a table cannot do
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active row
import { ChevronDown, ChevronRight, Recycle, Star, Trophy } from 'lucide-react';
import { type MouseEvent, memo, type ReactElement } from 'react';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Moment } from '../../components/moment.tsx';
import { TrialStateMark } from '../../components/states.tsx';
import { FAILURE_WORDS, percent, percentDigits } from '../../components/words.ts';
import { CellThumbnail } from '../../graphs/cell-thumbnail.tsx';
import { thumbnailSummary } from '../../graphs/thumbnail-summary.ts';
import { rowKeyOf } from '../../state/row-key.ts';
import styles from './leaderboard.module.css';
import { type Column, type ColumnLayout, originWords } from './leaderboard-columns.ts';

export interface RowMarks {
  readonly isSelected: boolean;
  /** Part of a range that Shift made. */
  readonly isRanged: boolean;
  /** For compare. */
  readonly isMarked: boolean;
  /** A best that nobody has seen yet. */
  readonly isNewBest: boolean;
  /** Null: the row has no trials to open. */
  readonly isOpen: boolean | null;
  /** One of the trials of the cell above. */
  readonly isPart: boolean;
  /** Too fast to be drawn. */
  readonly isSketch: boolean;
}

interface RowViewProps extends RowMarks {
  readonly row: LeaderboardRow;
  /** Among all that the list shows, from 0. */
  readonly item: number;
  /** Place and size in pixels. */
  readonly top: number;
  readonly height: number;
  readonly isCompact: boolean;
  readonly layout: ColumnLayout;
  readonly onPress: (item: number, event: MouseEvent) => void;
  readonly onToggle: (item: number) => void;
}

export const rowId = (item: number): string => `leaderboard-row-${item}`;

/** One row; the grid around it has the focus and the keys. */
export const LeaderboardRowView = memo(function LeaderboardRowView(props: RowViewProps): ReactElement {
  const { row, item, top, height, layout, onPress } = props;
  const { isSelected, isRanged, isMarked, isNewBest, isPart } = props;
  const classes = [
    styles.row,
    styles.data,
    isSelected || isRanged ? styles.selected : '',
    isMarked ? styles.marked : '',
    isNewBest ? styles.newBest : '',
    isPart ? styles.part : '',
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
    <div
      role="row"
      id={rowId(item)}
      aria-rowindex={item + 2}
      aria-selected={isSelected || isRanged}
      data-trial={rowKeyOf(row.trial)}
      data-item={item}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)`, height, gridTemplateColumns: layout.template }}
      onClick={(event) => onPress(item, event)}
    >
      {layout.columns.map((column) => (
        <span
          key={column.id}
          role="gridcell"
          className={`${styles[column.id]} ${column.isNumber ? styles.number : ''}`}
        >
          <CellContent {...props} column={column} />
        </span>
      ))}
    </div>
  );
});

function CellContent(props: RowViewProps & { readonly column: Column }): ReactElement | string {
  const { column, row, isCompact, isMarked, isPart, isSketch, layout } = props;
  const { trial, rank, reward, deviation, best, bestEpoch, labels } = row;
  switch (column.id) {
    case 'rank':
      // The point tells a further run from a rank, and there is no room for more.
      if (isPart) {
        const name = trialName(trial);
        return <small title={`Trial ${name}`}>{trial.run === 1 ? `tr. ${name}` : name}</small>;
      }
      return (
        <>
          {rank === 1 ? <Trophy size={14} aria-label="best" /> : null}
          {rank ?? '–'}
          {isMarked ? <span className="visually-hidden">, marked for compare</span> : null}
        </>
      );
    case 'cell':
    case 'reduction': {
      const kind = column.id === 'cell' ? 'normal' : 'reduction';
      if (isSketch) return <i className={styles.sketch} />;
      return (
        <>
          <CellThumbnail cell={trial.architecture[kind]} size={isCompact ? 'compact' : 'comfortable'} />
          <span className="visually-hidden">{thumbnailSummary(trial.architecture[kind], kind)}</span>
        </>
      );
    }
    case 'reward':
      return (
        <span title={deviation === null ? undefined : 'Mean and standard deviation of its trainings'}>
          {reward === null ? '–' : percentDigits(reward)}
          {deviation === null ? null : <small> ± {percentDigits(deviation)}</small>}
        </span>
      );
    case 'best':
      return (
        <span title={best === null ? undefined : `best ${percent(best)} at epoch ${bestEpoch}`}>
          {best === null ? '–' : percentDigits(best)}
        </span>
      );
    case 'state':
      return <StateCell row={row} isShort={layout.isShort} />;
    case 'origin':
      return <OriginMark row={row} />;
    case 'times':
      return <TimesMark {...props} />;
    case 'star':
      return labels.isStarred ? <Star size={14} className={styles.starred} aria-label="starred" /> : '';
    case 'note':
    case 'tags':
    case 'hash':
      return <span title={column.text(row)}>{column.text(row)}</span>;
    case 'started':
      return trial.startedAt === null ? '' : <Moment at={trial.startedAt} />;
    case 'time':
      return column.text(row) || '–';
    default:
      return column.text(row);
  }
}

/** The reason of a failure stands below its state. */
function StateCell({ row, isShort }: { row: LeaderboardRow; isShort: boolean }): ReactElement {
  const { state, failure, message } = row.trial;
  const reason = failure === null ? undefined : FAILURE_WORDS[failure];
  if (isShort || reason === undefined) return <TrialStateMark state={state} isShort={isShort} detail={reason} />;
  return (
    <span title={message ?? reason}>
      <TrialStateMark state={state} />
      <small>{reason}</small>
    </span>
  );
}

function OriginMark({ row }: { row: LeaderboardRow }): ReactElement {
  const words = originWords(row);
  return (
    <span title={row.trial.reusedFrom === null ? words : `${words}: nothing was trained (${row.trial.origin})`}>
      {row.trial.reusedFrom === null ? null : <Recycle size={14} aria-hidden="true" />}
      {words}
    </span>
  );
}

function TimesMark({ row, item, isOpen, isPart, onToggle }: RowViewProps): ReactElement | string {
  if (isPart) return '';
  const times = row.proposals > 1 ? String(row.proposals) : '';
  if (isOpen === null) return times;
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.opener}
      aria-expanded={isOpen}
      aria-label={openerWords(row)}
      title={openerWords(row)}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(item);
      }}
    >
      <Icon size={12} aria-hidden="true" />
      {times}
    </button>
  );
}

function openerWords({ proposals, trials }: LeaderboardRow): string {
  const words = `${trials} trials of this cell`;
  return proposals === trials ? words : `${words}, proposed ${proposals === 1 ? 'once' : `${proposals} times`}`;
}
