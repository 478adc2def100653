import { Settings2 } from 'lucide-react';
import { type ReactElement, useId } from 'react';
import { chooseDensity, type DensityChoice, useDensityChoice } from '../../state/density.ts';
import { letterKeys, useLetterKeys } from '../../state/letter-keys.ts';
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../../state/theme.ts';
import styles from './settings.module.css';

const THEMES: readonly (readonly [ThemeChoice, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];
const ROWS: readonly (readonly [DensityChoice, string])[] = [
  ['auto', 'By the window’s height'],
  ['comfortable', 'Comfortable'],
  ['compact', 'Compact'],
];

/** What a person chooses for this browser. */
export function Settings(): ReactElement {
  const id = useId();
  const theme = useThemeChoice();
  const density = useDensityChoice();
  const hasLetterKeys = useLetterKeys();
  return (
    <>
      <button type="button" className={styles.button} popoverTarget={id}>
        <Settings2 size={16} aria-hidden="true" />
        Settings
      </button>
      <section id={id} popover="auto" className={styles.sheet} aria-label="Settings">
        <Choice legend="Theme" options={THEMES} value={theme} onChange={chooseTheme} />
        <Choice legend="Rows" options={ROWS} value={density} onChange={chooseDensity} />
        <fieldset>
          <legend>Keys</legend>
          <label>
            <input type="checkbox" checked={hasLetterKeys} onChange={(event) => letterKeys.set(event.target.checked)} />
            Single-letter keys
          </label>
        </fieldset>
      </section>
    </>
  );
}

function Choice<T extends string>(props: {
  legend: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}): ReactElement {
  const { legend, options, value, onChange } = props;
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(([option, words]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
