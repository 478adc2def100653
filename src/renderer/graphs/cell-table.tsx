import type { ReactElement } from 'react';
import type { Block } from '../../shared/records/architecture.ts';
import { COMBINATION_SIGNS, OPERATION_FACTS } from '../../shared/search-space/operation-facts.ts';
import type { Side } from '../../shared/search-space/plan.ts';
import { circlePart, OUTPUT_PART, pillPart } from './cell-drawing.ts';
import styles from './cell-graph.module.css';
import type { GraphScene } from './graph-scene.ts';
import { COMBINATION_NOUNS, countWords, differenceWords, operandFacts, stateWords } from './part-words.ts';

/** A cell as a table: a row a block, and what the output joins. */
export function CellTable({ name, ...scene }: GraphScene & { name: string }): ReactElement {
  const { cell } = scene;
  const joined = cell.outputs.map(stateWords).join(', ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={styles.tableWindow} aria-label={`${name}, as table`} tabIndex={0}>
      <table className={styles.table}>
        <caption className={styles.hidden}>{name}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.number}>
              Block
            </th>
            <th scope="col">Left</th>
            <th scope="col">Right</th>
            <th scope="col">Combine</th>
          </tr>
        </thead>
        <tbody>
          {cell.blocks.map((block, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a block is its place
            <BlockRow key={index} block={block} index={index} scene={scene} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Output</th>
            <td colSpan={3}>
              {cell.outputs.length === 1 ? joined : `concat of ${joined}`}
              <Differences part={OUTPUT_PART} scene={scene} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function BlockRow({ block, index, scene }: { block: Block; index: number; scene: GraphScene }): ReactElement {
  const isLive = scene.drawing.parts.find(({ id }) => id === circlePart(index))?.live ?? true;
  return (
    <tr>
      <th scope="row" className={styles.number}>
        {index + 1}
      </th>
      <OperandCell block={block} index={index} side="left" scene={scene} />
      <OperandCell block={block} index={index} side="right" scene={scene} />
      <td>
        {COMBINATION_SIGNS[block.combine]} {COMBINATION_NOUNS[block.combine]}
        {isLive ? null : <span className={styles.detail}>not built</span>}
        <Differences part={circlePart(index)} scene={scene} />
      </td>
    </tr>
  );
}

function OperandCell(props: { block: Block; index: number; side: Side; scene: GraphScene }): ReactElement {
  const { block, index, side, scene } = props;
  const { operation, input } = block[side];
  const facts = operandFacts(scene.facts, index, side);
  return (
    <td>
      {OPERATION_FACTS[operation].label} of {stateWords(input)}
      {facts === undefined ? null : <span className={styles.detail}>{countWords(facts.parameters)} parameters</span>}
      <Differences part={pillPart(index, side)} scene={scene} />
    </td>
  );
}

function Differences({ part, scene }: { part: string; scene: GraphScene }): ReactElement | null {
  const drawn = scene.drawing.parts.find(({ id }) => id === part);
  const words = drawn === undefined ? [] : differenceWords(drawn, scene.comparison);
  return words.length === 0 ? null : <span className={styles.difference}>{words.join(', ')}</span>;
}
