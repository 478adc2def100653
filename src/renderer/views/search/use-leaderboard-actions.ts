import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { copyText } from '../../components/clipboard.ts';
import { plural } from '../../components/words.ts';
import { offerUndo, tellDone } from '../../state/announcements.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { rowsToTsv } from '../../state/leaderboard-files.ts';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';
import { type RowId, rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { useSession } from '../../state/use-workbench.ts';
import type { ColumnLayout } from './leaderboard-columns.ts';
import { compareAddress, MOST_COMPARED, type SearchView, toggleCompared } from './search-view.ts';
import type { OrderHold } from './use-order-hold.ts';
import type { RowSelection } from './use-row-selection.ts';

export interface ActionsInput {
  readonly experiment: Experiment;
  readonly source: LeaderboardSource;
  readonly selected: Trial | null;
  readonly selection: RowSelection;
  readonly hold: OrderHold;
  readonly layout: ColumnLayout;
  readonly view: SearchView;
  readonly onChange: (change: Partial<SearchView>) => void;
  readonly canWrite: boolean;
  readonly waiting: number;
  readonly scrollTo: (item: number) => void;
}

export interface LeaderboardActions {
  /** For the rows' menu; all of them are commands as well. */
  readonly commands: readonly Command[];
  /** Why the last action was refused. */
  readonly problem: string | null;
  readonly clearProblem: () => void;
  /** Rows whose note and tags are edited. */
  readonly labelled: readonly LeaderboardRow[] | null;
  readonly closeLabels: () => void;
  /** Trial whose end is asked for. */
  readonly killed: Trial | null;
  readonly closeKill: () => void;
}

const GROUP = 'Leaderboard';

/** What can be done with the selected rows. */
export function useLeaderboardActions(input: ActionsInput): LeaderboardActions {
  const { experiment, source, selected, selection, hold, layout, view, onChange, canWrite, waiting, scrollTo } = input;
  const session = useSession();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState<string | null>(null);
  const [labelled, setLabelled] = useState<readonly LeaderboardRow[] | null>(null);
  const [killed, setKilled] = useState<Trial | null>(null);
  const isEnabled = selected !== null;
  const isUnfinished = selected !== null && isOpen(selected);

  const act = (work: () => Promise<void>) => (): void => {
    setProblem(null);
    hold.whenSettled(() => {
      work().catch((error: unknown) => setProblem(error instanceof WorkbenchError ? error.message : String(error)));
    });
  };
  const step = (by: number) => (): void => hold.whenSettled(() => selection.move((now) => now + by, false, scrollTo));

  const star = async (): Promise<void> => {
    const rows = await selection.rows();
    if (rows.length === 0) return;
    const isStarred = !rows.every(({ labels }) => labels.isStarred);
    await session.call('leaderboard.label', { experiment: experiment.id, trials: numbersOf(rows), isStarred });
  };
  const label = async (): Promise<void> => {
    const rows = await selection.rows();
    if (rows.length > 0) setLabelled(rows);
  };
  const copy = async (): Promise<void> => {
    const rows = await selection.rows();
    if (rows.length === 0) return;
    const isCopied = await copyText(rowsToTsv(rows, layout.columns));
    if (isCopied) tellDone(`Copied ${plural(rows.length, 'row')}.`);
    else setProblem('This browser did not let the page copy. Export the rows as CSV instead.');
  };
  const trash = async (): Promise<void> => {
    const trials = await source.trialsOf(await selection.rows());
    const finished = trials.filter((trial) => !isOpen(trial));
    const open = trials.filter(isOpen);
    if (open.length > 0) setProblem(refusal(open, finished.length));
    if (finished.length === 0) return;
    await selection.leave();
    const moved = await session.call('trial.trash', { experiment: experiment.id, rows: rowsOf(finished) });
    await source.admit();
    offerUndo(`${plural(moved.length, 'trial')} in the trash.`, async () => {
      await session.call('trial.restore', { experiment: experiment.id, rows: moved });
      await source.admit();
    });
  };
  const restore = async (): Promise<void> => {
    const trials = await source.trialsOf(await selection.rows());
    if (trials.length === 0) return;
    await selection.leave();
    const moved = await session.call('trial.restore', { experiment: experiment.id, rows: rowsOf(trials) });
    await source.admit();
    offerUndo(`${plural(moved.length, 'trial')} out of the trash.`, async () => {
      await session.call('trial.trash', { experiment: experiment.id, rows: moved });
      await source.admit();
    });
  };
  const mark = async (): Promise<void> => {
    const trial = await selection.trial();
    if (trial === null) return;
    const compare = toggleCompared(view.compare, rowKeyOf(trial));
    if (compare === view.compare)
      setProblem(`At most ${MOST_COMPARED} cells are compared at once; take a mark off first.`);
    else onChange({ compare });
  };
  const canEdit = isEnabled && canWrite;

  const commands: readonly Command[] = [
    {
      id: 'open-trial',
      title: 'Open the trial',
      group: GROUP,
      key: 'Enter',
      isEnabled,
      run: act(async () => {
        const trial = await selection.trial();
        if (trial !== null) navigate(trialAddress(experiment.id, trial));
      }),
    },
    { id: 'mark-compare', title: 'Mark for compare', group: GROUP, key: 'Space', isEnabled, run: act(mark) },
    {
      id: 'compare',
      title: 'Compare the marked cells',
      group: GROUP,
      key: 'C',
      isEnabled: view.compare.length > 1,
      run: () => navigate(compareAddress(experiment.id, view.compare)),
    },
    { id: 'star', title: 'Star, or take the star off', group: GROUP, key: 'S', isEnabled: canEdit, run: act(star) },
    { id: 'note', title: 'Edit note and tags', group: GROUP, key: 'N', isEnabled: canEdit, run: act(label) },
    { id: 'copy-rows', title: 'Copy rows', group: GROUP, key: 'Ctrl+C', isEnabled, run: act(copy) },
    {
      id: 'kill-trial',
      title: 'Kill the trial',
      group: GROUP,
      key: 'K',
      isEnabled: canEdit && isUnfinished,
      run: act(async () => {
        const trial = await selection.trial();
        if (trial !== null && isOpen(trial)) setKilled(trial);
      }),
    },
    view.isTrash
      ? {
          id: 'restore',
          title: 'Take out of the trash',
          group: GROUP,
          key: 'Delete',
          isEnabled: canEdit,
          run: act(restore),
        }
      : {
          id: 'trash-rows',
          title: 'Move to the trash',
          group: GROUP,
          key: 'Delete',
          isEnabled: canEdit,
          run: act(trash),
        },
    { id: 'previous-row', title: 'Previous row', group: GROUP, key: '[', run: step(-1) },
    { id: 'next-row', title: 'Next row', group: GROUP, key: ']', run: step(1) },
    {
      id: 'admit-results',
      title: 'Let new results into the order',
      group: GROUP,
      key: '.',
      isEnabled: waiting > 0,
      run: () => void source.admit(),
    },
  ];
  useCommands(commands);
  return {
    commands: commands.filter(({ id }) => !['previous-row', 'next-row', 'admit-results'].includes(id)),
    problem,
    clearProblem: () => setProblem(null),
    labelled,
    closeLabels: () => setLabelled(null),
    killed,
    closeKill: () => setKilled(null),
  };
}

const numbersOf = (rows: readonly LeaderboardRow[]): number[] => rows.map(({ trial }) => trial.trial);

const rowsOf = (trials: readonly Trial[]): RowId[] => trials.map(({ trial, run }) => ({ trial, run }));

const isOpen = ({ state }: Trial): boolean => state === 'running' || state === 'queued';

function refusal(open: readonly Trial[], moved: number): string {
  const names = open.map(trialName).join(', ');
  const which = open.length === 1 ? `Trial ${names} is ${open[0]?.state}` : `Trials ${names} are not finished`;
  const stays = moved > 0 ? ' and stays out of the trash' : '';
  return `${which}${open.length === 1 ? stays : stays.replace('stays', 'stay')}. Kill it with K first, or wait until it ends.`;
}
