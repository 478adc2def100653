import { Dialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { lazy, type ReactElement, Suspense, useCallback, useRef } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { CopyButton } from '../../components/notices.tsx';
import { roundedCount } from '../../components/words.ts';
import { architectureText } from '../../graphs/cell-file-names.ts';
import { useCommands } from '../../state/commands.ts';
import { trialAddress } from '../../state/row-key.ts';
import styles from './cell-pane.module.css';
import { CellGraphs } from './cell-pane-graphs.tsx';
import { Outcome } from './cell-pane-labels.tsx';
import { CellMenu } from './cell-pane-menu.tsx';
import { usePlan } from './cell-pane-plan.ts';

const OperationList = lazy(async () => ({ default: (await import('../../graphs/operation-list.tsx')).OperationList }));

/** Parameter of the address under which a cell has the whole window, on any screen that shows one. */
const PARAMETER = 'cell';

/** Whether the cell has the whole window; opening it can be gone back from. */
export function useWholeCell(): { readonly isOpen: boolean; readonly open: () => void; readonly close: () => void } {
  const [params, setParams] = useSearchParams();
  const open = useCallback(
    () =>
      setParams((now) => {
        const next = new URLSearchParams(now);
        next.set(PARAMETER, 'full');
        return next;
      }),
    [setParams],
  );
  const close = useCallback(
    () =>
      setParams(
        (now) => {
          const next = new URLSearchParams(now);
          next.delete(PARAMETER);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return { isOpen: params.get(PARAMETER) === 'full', open, close };
}

/**
 * The whole window for a screen's cell, by the address or by `E`. A screen has one, outside of its panes and tabs, so that
 * the key and the address work whatever else is shown.
 */
export function CellWindow({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement | null {
  const { isOpen, open, close } = useWholeCell();
  useCommands([{ id: 'whole-cell', title: 'Show the whole cell', group: 'Cell', key: 'E', run: open }]);
  return isOpen ? <WholeCell experiment={experiment} trial={trial} onClose={close} /> : null;
}

interface WholeCellProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  readonly onClose: () => void;
}

/** A cell over the whole window: both graphs, each operation with what it costs, and the file. Escape leaves. */
function WholeCell({ experiment, trial, onClose }: WholeCellProps): ReactElement {
  const close = useRef<HTMLButtonElement>(null);
  const plan = usePlan(experiment, trial.architecture);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Popup className={styles.window} data-letter-keys="" initialFocus={close}>
          <div className={styles.head}>
            <Dialog.Title className={styles.title}>
              <span className="visually-hidden">Cell of </span>
              <Link href={trialAddress(experiment.id, trial)}>Trial {trialName(trial)}</Link>
            </Dialog.Title>
            <Outcome trial={trial} />
            <span className={styles.costs}>
              {roundedCount(trial.trainableParameters)} parameters · {roundedCount(trial.multiplyAdds)} multiply-adds
            </span>
            <span className={styles.gap} />
            <CellMenu experiment={experiment} trial={trial} />
            <Dialog.Close ref={close} className={styles.icon} title="Close (Esc)" aria-label="Close">
              <X size={16} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <div className={styles.wide}>
            <CellGraphs experiment={experiment} trial={trial} isBoth />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
            <section className={styles.aside} aria-label="Operations and JSON" tabIndex={0}>
              <Suspense fallback={null}>
                <OperationList cell={trial.architecture.normal} kind="normal" plan={plan} />
                <OperationList cell={trial.architecture.reduction} kind="reduction" plan={plan} />
              </Suspense>
              <div className={styles.jsonHead}>
                <h3>JSON</h3>
                <CopyButton label="Copy" text={() => architectureText(trial.architecture)} />
              </div>
              <pre className={styles.json}>{architectureText(trial.architecture)}</pre>
            </section>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
