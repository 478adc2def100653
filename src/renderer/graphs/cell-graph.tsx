import { Minus, Plus, Scan } from 'lucide-react';
import { type ReactElement, type ReactNode, useMemo, useRef, useState } from 'react';
import type { Cell } from '../../shared/records/architecture.ts';
import type { NetworkPlan } from '../../shared/search-space/plan.ts';
import { drawCell, type Part } from './cell-drawing.ts';
import { cellFacts, firstCell } from './cell-facts.ts';
import type { NamedTrial } from './cell-file-names.ts';
import styles from './cell-graph.module.css';
import { CellTable } from './cell-table.tsx';
import type { CellComparison } from './compare-cells.ts';
import { GraphStage } from './graph-stage.tsx';
import { ZOOM } from './graph-viewport.ts';
import type { GraphWindow } from './graph-window.ts';
import { cellTitle } from './part-words.ts';
import { SaveMenu } from './save-menu.tsx';
import { CELL_KIND_WORDS, type CellKind } from './thumbnail-summary.ts';

export interface CellGraphProps {
  readonly cell: Cell;
  readonly kind: CellKind;
  /** The network in which the cell's shapes and costs are told; without it they are not. */
  readonly plan?: NetworkPlan | undefined;
  /** Which of the plan's cells; by default the first of the kind. */
  readonly cellIndex?: number | undefined;
  /** This cell compared with a reference (`compareCells(reference, cell)`). */
  readonly comparison?: CellComparison | undefined;
  /** Stands above the graph instead of "Normal cell". */
  readonly title?: string | undefined;
  /** Stands in the place of the title, such as a switch between the two cells. */
  readonly lead?: ReactNode;
  /** The trial whose cell it is; with it the picture can be saved. */
  readonly trial?: NamedTrial | undefined;
  /** A part was clicked, or Enter or Space pressed on it. */
  readonly onSelect?: ((part: Part) => void) | undefined;
  /** The drawing was double clicked. */
  readonly onOpen?: (() => void) | undefined;
}

/** A cell as a graph, with its DOM counterpart and as a table. It fills its parent, whose height must be given. */
export function CellGraph(props: CellGraphProps): ReactElement {
  const { cell, kind, plan, comparison, title, lead, trial, onSelect, onOpen } = props;
  const [isTable, setIsTable] = useState(false);
  const graphWindow = useRef<GraphWindow | null>(null);
  const drawing = useMemo(() => drawCell(cell), [cell]);
  const facts = useMemo(() => {
    const index = props.cellIndex ?? (plan === undefined ? undefined : firstCell(plan, kind));
    return plan === undefined || index === undefined ? null : cellFacts(plan, index);
  }, [plan, kind, props.cellIndex]);
  const heading = title ?? `${CELL_KIND_WORDS[kind]} cell`;
  const name = title === undefined ? cellTitle(cell, kind) : `${title}, ${cellTitle(cell, kind)}`;
  const scene = { cell, drawing, facts, comparison };
  return (
    <div className={styles.graph} data-letter-keys="">
      <header className={styles.head}>
        <h3 className={lead === undefined ? styles.title : styles.hidden} title={heading}>
          {heading}
        </h3>
        {lead === undefined ? null : <div className={styles.lead}>{lead}</div>}
        {isTable ? null : <ZoomButtons graphWindow={graphWindow} />}
        <button
          type="button"
          className={styles.switch}
          aria-pressed={isTable}
          onClick={() => setIsTable((was) => !was)}
        >
          As table
        </button>
        {trial === undefined ? null : <SaveMenu trial={trial} kind={kind} cell={cell} comparison={comparison} />}
      </header>
      {isTable ? (
        <CellTable {...scene} name={name} />
      ) : (
        <GraphStage {...scene} name={name} onSelect={onSelect} onOpen={onOpen} graphWindow={graphWindow} />
      )}
      {comparison === undefined ? null : <NotHere comparison={comparison} />}
    </div>
  );
}

function ZoomButtons({ graphWindow }: { graphWindow: { readonly current: GraphWindow | null } }): ReactElement {
  return (
    <div className={styles.zoom}>
      <button
        type="button"
        className={styles.icon}
        title="Zoom out (−)"
        aria-label="Zoom out"
        onClick={() => graphWindow.current?.zoomBy(1 / ZOOM.step)}
      >
        <Minus size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={styles.icon}
        title="Zoom in (+)"
        aria-label="Zoom in"
        onClick={() => graphWindow.current?.zoomBy(ZOOM.step)}
      >
        <Plus size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={styles.icon}
        title="Show the whole cell (0)"
        aria-label="Show the whole cell"
        onClick={() => graphWindow.current?.fit()}
      >
        <Scan size={14} aria-hidden="true" />
      </button>
    </div>
  );
}

function NotHere({ comparison: { missing, equal } }: { comparison: CellComparison }): ReactElement | null {
  if (equal) return <p className={styles.note}>equal to the reference</p>;
  if (missing.length === 0) return null;
  return (
    <p className={`${styles.note} ${styles.missing}`}>
      not here: {missing.map((block) => `block ${block + 1}`).join(', ')}
    </p>
  );
}
