import { type ReactElement, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { CELL_INPUTS } from '../../shared/search-space/live-blocks.ts';
import { roundedCount } from '../components/words.ts';
import type { Part } from './cell-drawing.ts';
import styles from './cell-graph.module.css';
import type { GraphScene } from './graph-scene.ts';
import {
  COMBINATION_NOUNS,
  countWords,
  differenceWords,
  operandFacts,
  operandWords,
  readerWords,
  shapeWords,
  shareWords,
  stateWords,
} from './part-words.ts';
import { tooltipPlace } from './tooltip-place.ts';

interface PartTooltipProps extends GraphScene {
  readonly id: string;
  readonly part: Part;
  /** The element that it tells about. */
  readonly anchor: HTMLElement | undefined;
}

/** What a part is and costs, on a layer over the page that no pane clips, wherever beside the part there is room. */
export function PartTooltip({ id, part, anchor, ...scene }: PartTooltipProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  // At every rendering: the part may have moved.
  useLayoutEffect(() => {
    if (box.current !== null && anchor !== undefined) placeBeside(box.current, anchor.getBoundingClientRect());
  });
  const { title, lines } = tellingOf(part, scene);
  return createPortal(
    <div id={id} role="tooltip" className={styles.tooltip} ref={box}>
      <p className={styles.tooltipTitle}>{title}</p>
      <dl className={styles.facts}>
        {lines.map(([head, value]) => (
          <div key={head} className={styles.fact}>
            <dt>{head}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>,
    document.body,
  );
}

function placeBeside(box: HTMLElement, part: DOMRect): void {
  const { left, top } = tooltipPlace(part, box.getBoundingClientRect(), {
    width: window.innerWidth,
    height: window.innerHeight,
  });
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

interface Telling {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
}

function tellingOf(part: Part, scene: GraphScene): Telling {
  const { title, lines } = mainTelling(part, scene);
  const differences = differenceWords(part, scene.comparison).map((words) => ['differs', words] as const);
  const built = part.live ? [] : [['state', part.kind === 'input' ? 'not used' : 'not built'] as const];
  return { title, lines: [...lines, ...built, ...differences] };
}

function mainTelling(part: Part, { cell, drawing, facts }: GraphScene): Telling {
  if (part.kind === 'pill') {
    const operand = cell.blocks[part.block]![part.side];
    return {
      title: `Block ${part.block + 1}, ${part.side}`,
      lines: [['operation', operandWords(operand)], ...costLines(part, facts)],
    };
  }
  if (part.kind === 'output') {
    const lines: [string, string][] = [['joins', cell.outputs.map(stateWords).join(', ')]];
    if (facts?.outputShape != null) lines.push(['shape', shapeWords(facts.outputShape)]);
    if (facts != null) lines.push(...totals(facts.parameters, facts.multiplyAdds));
    return { title: 'Output', lines };
  }
  const state = part.kind === 'input' ? part.state : part.block + CELL_INPUTS;
  const shape = facts?.stateShapes[state];
  const lines: [string, string][] = [['read by', readerWords(drawing, state).replace('read by ', '')]];
  if (shape != null) lines.push(['shape', shapeWords(shape)]);
  if (part.kind === 'circle') return { title: `Block ${part.block + 1}, ${COMBINATION_NOUNS[part.combine]}`, lines };
  return { title: `${part.label}, ${part.state === 0 ? 'current' : 'previous'} input`, lines };
}

const totals = (parameters: number, multiplyAdds: number): [string, string][] => [
  ['parameters', `${countWords(parameters)} in the cell`],
  ['multiply-adds', `${roundedCount(multiplyAdds)} in the cell`],
];

function costLines(
  { block, side }: { block: number; side: 'left' | 'right' },
  facts: GraphScene['facts'],
): [string, string][] {
  const operand = operandFacts(facts, block, side);
  if (operand === undefined) return [];
  const { inputShape, outputShape, parameters, parameterShare, multiplyAdds, multiplyAddShare, stride } = operand;
  const share = (part: number) => (part === 0 ? '' : ` (${shareWords(part)} of the cell)`);
  return [
    ['input', shapeWords(inputShape)],
    ['output', shapeWords(outputShape)],
    ['parameters', `${countWords(parameters)}${share(parameterShare)}`],
    ['multiply-adds', `${roundedCount(multiplyAdds)}${share(multiplyAddShare)}`],
    ...(stride === 2 ? [['stride', '2'] as [string, string]] : []),
  ];
}
