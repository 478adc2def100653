import type { ReactElement, ReactNode } from 'react';
import { PRESET_NAMES, PRESETS, type PresetName } from '../../../shared/presets.ts';
import type { Dataset } from '../../../shared/records/dataset.ts';
import type { ExperimentConfig } from '../../../shared/records/experiment.ts';
import { STRATEGY_KINDS, type StrategyKind } from '../../../shared/records/strategy.ts';
import { plural, STRATEGY_WORDS } from '../../components/words.ts';
import styles from './new-search.module.css';
import type { Origin } from './search-draft.ts';
import { subsetSentence } from './subset-words.ts';

const PRESET_TITLES: Readonly<Record<PresetName, string>> = {
  quick: 'Quick',
  workstation: 'Workstation',
  paper: 'Paper',
};

/** From the smallest to the largest. */
const PRESET_ORDER = [...PRESET_NAMES].reverse();

export function PresetChoice(props: {
  /** `null`: as the search that the cell comes from. */
  value: PresetName | null;
  origin: Origin | null;
  /** That the search is to be on. */
  dataset: Dataset | undefined;
  onChange: (value: PresetName | null) => void;
}): ReactElement {
  const { value, origin, dataset, onChange } = props;
  return (
    <Cards legend="Preset">
      {origin === null ? null : (
        <Card name="preset" title="As it was" isChosen={value === null} onChoose={() => onChange(null)}>
          <p>
            Data set, scale and training of <bdi>{origin.config.name}</bdi>.
          </p>
          <Facts config={origin.config} dataset={dataset} />
        </Card>
      )}
      {PRESET_ORDER.map((preset) => (
        <Card
          key={preset}
          name="preset"
          title={PRESET_TITLES[preset]}
          isChosen={preset === value}
          onChoose={() => onChange(preset)}
        >
          <p>{PRESETS[preset].summary}</p>
          <Facts config={PRESETS[preset].config} dataset={dataset} />
        </Card>
      ))}
    </Cards>
  );
}

type FactsConfig = Pick<ExperimentConfig, 'budget' | 'recipe' | 'subset' | 'scale'>;

function Facts({ config, dataset }: { config: FactsConfig; dataset: Dataset | undefined }): ReactElement {
  return (
    <>
      <p className={styles.facts}>{configFacts(config)}</p>
      {dataset === undefined ? null : <p className={styles.facts}>{subsetSentence(config.subset, dataset)}</p>}
    </>
  );
}

function configFacts({ budget, recipe, subset, scale }: FactsConfig): string {
  return [
    plural(budget.trials, 'trial'),
    `${plural(recipe.epochs, 'epoch')} of up to ${plural(subset.training.most, 'image')}`,
    `N\u00a0${scale.normalRepeats}, F\u00a0${scale.filters}`,
  ].join(' · ');
}

const STRATEGY_SENTENCES: Readonly<Record<StrategyKind, string>> = {
  ppo: 'A recurrent controller learns from each batch of rewards which cells do well, as in the paper.',
  random: 'Each cell is drawn at random: the baseline that every other strategy has to beat.',
  evolution:
    'The best of a few recent cells is changed in one place, again and again; the oldest die (Real et al. 2019).',
};

export function StrategyChoice(props: { value: StrategyKind; onChange: (value: StrategyKind) => void }): ReactElement {
  const { value, onChange } = props;
  return (
    <Cards legend="Strategy">
      {STRATEGY_KINDS.map((kind) => (
        <Card
          key={kind}
          name="strategy"
          title={STRATEGY_WORDS[kind]}
          isChosen={kind === value}
          onChoose={() => onChange(kind)}
        >
          <p>{STRATEGY_SENTENCES[kind]}</p>
        </Card>
      ))}
    </Cards>
  );
}

function Cards({ legend, children }: { legend: string; children: ReactNode }): ReactElement {
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      <div className={styles.cards}>{children}</div>
    </fieldset>
  );
}

function Card(props: {
  name: string;
  title: string;
  isChosen: boolean;
  onChoose: () => void;
  children: ReactNode;
}): ReactElement {
  const { name, title, isChosen, onChoose, children } = props;
  return (
    <label className={`${styles.card} ${isChosen ? styles.chosen : ''}`}>
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} />
      <span className={styles.cardTitle}>{title}</span>
      {children}
    </label>
  );
}
