import { Columns3, Download } from 'lucide-react';
import { memo, type ReactElement, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import type { LeaderboardQuery } from '../../../shared/records/leaderboard.ts';
import { Button } from '../../components/button.tsx';
import { saveFile } from '../../components/clipboard.ts';
import { Segments } from '../../components/segments.tsx';
import { plural } from '../../components/words.ts';
import { tellDone } from '../../state/announcements.ts';
import { exportRows, FILE_KINDS, type FileKind } from '../../state/leaderboard-files.ts';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';
import { useAction, useSession } from '../../state/use-workbench.ts';
import styles from './leaderboard.module.css';
import { COLUMN_IDS, COLUMNS, type ColumnLayout } from './leaderboard-columns.ts';
import { MenuCheck, MenuItem, MenuLine, PopupMenu } from './leaderboard-menu.tsx';
import { ViewMenu } from './leaderboard-views.tsx';
import type { SearchView } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';

const MODE_OPTIONS = [
  { value: 'cells', title: 'Cells' },
  { value: 'trials', title: 'Trials' },
] as const;

interface ToolsProps {
  readonly experiment: Experiment;
  readonly source: LeaderboardSource;
  readonly query: LeaderboardQuery | null;
  readonly total: number | null;
  readonly waiting: number;
  readonly layout: ColumnLayout;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly hold: OrderHold;
  /** Too narrow for words that icons can stand for. */
  readonly isNarrow: boolean;
}

export const LeaderboardTools = memo(function LeaderboardTools(props: ToolsProps): ReactElement {
  const { experiment, source, query, total, waiting, view, onChange, hold, isNarrow } = props;
  const noun = view.mode === 'cells' ? 'cell' : 'trial';
  return (
    <header className={styles.tools}>
      <h2 className={isNarrow && !view.isTrash ? 'visually-hidden' : ''}>{view.isTrash ? 'Trash' : 'Leaderboard'}</h2>
      <span className={styles.total}>{total === null ? '' : plural(total, noun)}</span>
      <span className={styles.gap} />
      {waiting > 0 ? (
        <Button title="Let them into the order (.)" onClick={() => void source.admit()}>
          {plural(waiting, 'new result')}
        </Button>
      ) : null}
      <Segments label="Rows" options={MODE_OPTIONS} chosen={[view.mode]} onChoose={(mode) => onChange({ mode })} />
      <ViewMenu experiment={experiment} view={view} onChange={onChange} hold={hold} />
      <ColumnMenu layout={props.layout} onChange={onChange} hold={hold} isNarrow={isNarrow} />
      <ExportButtons experiment={experiment} query={query} isNarrow={isNarrow} />
    </header>
  );
});

/** Which columns there are; the order is that of the list of all. */
const ColumnMenu = memo(function ColumnMenu(
  props: Pick<ToolsProps, 'layout' | 'onChange' | 'hold' | 'isNarrow'>,
): ReactElement {
  const { layout, onChange, hold, isNarrow } = props;
  const shown = layout.columns.map(({ id }) => id);
  return (
    <PopupMenu
      label="Columns"
      align="end"
      hold={hold}
      trigger={
        <>
          <Columns3 size={14} aria-hidden="true" />
          {isNarrow ? null : 'Columns'}
        </>
      }
    >
      {COLUMN_IDS.map((id) => (
        <MenuCheck
          key={id}
          isOn={shown.includes(id)}
          onChange={(isOn) =>
            onChange({
              columns: isOn
                ? insertColumn(shown, id)
                : shown.length > 1
                  ? shown.filter((other) => other !== id)
                  : shown,
            })
          }
        >
          {COLUMNS[id].title}
        </MenuCheck>
      ))}
      <MenuLine />
      <MenuItem onPress={() => onChange({ columns: [] })}>Columns that fit</MenuItem>
    </PopupMenu>
  );
});

type Ids = readonly (typeof COLUMN_IDS)[number][];

/** After the last shown column that stands before it in the list of all. */
export function insertColumn(shown: Ids, id: Ids[number]): Ids {
  const place = shown.findLastIndex((other) => COLUMN_IDS.indexOf(other) < COLUMN_IDS.indexOf(id));
  return [...shown.slice(0, place + 1), id, ...shown.slice(place + 1)];
}

const MIME_TYPES: Readonly<Record<FileKind, string>> = { csv: 'text/csv', json: 'application/json' };

const ExportButtons = memo(function ExportButtons(props: {
  experiment: Experiment;
  query: LeaderboardQuery | null;
  isNarrow: boolean;
}): ReactElement {
  const { experiment, query, isNarrow } = props;
  const session = useSession();
  const action = useAction();
  const [under, setUnder] = useState<{ kind: FileKind; part: number } | null>(null);
  const save = async (kind: FileKind): Promise<void> => {
    if (query === null || under !== null) return;
    const noun = query.mode === 'cells' ? 'cell' : 'trial';
    const name = `${noun}s.${kind}`;
    setUnder({ kind, part: 0 });
    await action.run(async () => {
      const tell = (part: number): void => setUnder({ kind, part });
      const { parts, rows, all } = await exportRows(session, experiment.id, query, kind, tell);
      saveFile(name, MIME_TYPES[kind], parts.join(''));
      const filter = query.filter === '' ? '' : ` (filter: ${query.filter})`;
      tellDone(`Exported ${rows.toLocaleString('en')} of ${plural(all, noun)}${filter} to ${name}.`);
    });
    setUnder(null);
  };
  return (
    <>
      {action.error === null ? null : (
        <span className={styles.problem} role="alert" title={action.error.message}>
          {action.error.message}
        </span>
      )}
      {FILE_KINDS.map((kind) => (
        <Button
          key={kind}
          icon={isNarrow ? undefined : <Download size={14} aria-hidden="true" />}
          title="Export the rows that the filter lets through"
          aria-label={kind.toUpperCase()}
          isBusy={under?.kind === kind}
          // Not while one is under way: a button that is disabled loses the focus.
          disabled={query === null}
          onClick={() => void save(kind)}
        >
          {under?.kind === kind ? `${Math.floor(under.part * 100)} %` : kind.toUpperCase()}
        </Button>
      ))}
    </>
  );
});
