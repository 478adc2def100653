import { lazy, type ReactElement, Suspense, useState } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Segments } from '../../components/segments.tsx';
import { SkeletonGraphs } from '../../components/skeletons.tsx';
import { CELL_KIND_WORDS, type CellKind } from '../../graphs/thumbnail-summary.ts';
import { useMedia } from '../../state/use-media.ts';
import styles from './cell-pane.module.css';
import { usePlan } from './cell-pane-plan.ts';

const CellGraph = lazy(async () => ({ default: (await import('../../graphs/cell-graph.tsx')).CellGraph }));

const KINDS = ['normal', 'reduction'] as const satisfies readonly CellKind[];

interface CellGraphsProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  /** A graph was double clicked. */
  readonly onOpen?: (() => void) | undefined;
  /** Both graphs however low the window is; they then have to fit by panning. */
  readonly isBoth?: boolean;
}

/** Normal above Reduction; one of them by a switch where the window is low. */
export function CellGraphs({ experiment, trial, onOpen, isBoth = false }: CellGraphsProps): ReactElement {
  const { architecture } = trial;
  const plan = usePlan(experiment, architecture);
  const isLow = useMedia('(max-height: 759px)') && !isBoth;
  const [kind, setKind] = useState<CellKind>('normal');
  const kinds = isLow ? [kind] : KINDS;
  return (
    <div className={styles.graphs}>
      <Suspense fallback={<SkeletonGraphs count={kinds.length} className={styles.graph} />}>
        {kinds.map((one) => (
          <div key={one} className={styles.graph}>
            <CellGraph
              cell={architecture[one]}
              kind={one}
              plan={plan}
              trial={trial}
              onOpen={onOpen}
              lead={isLow ? <KindSwitch kind={kind} onChoose={setKind} /> : undefined}
            />
          </div>
        ))}
      </Suspense>
    </div>
  );
}

const KIND_OPTIONS = KINDS.map((value) => ({ value, title: CELL_KIND_WORDS[value] }));

function KindSwitch({ kind, onChoose }: { kind: CellKind; onChoose: (kind: CellKind) => void }): ReactElement {
  return <Segments isSmall label="Which cell" options={KIND_OPTIONS} chosen={[kind]} onChoose={onChoose} />;
}
