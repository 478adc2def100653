import { OPERATION_FAMILIES, type OperationFamily } from '../../shared/search-space/operation-facts.ts';
import { type Theme, tokenValue } from '../styles/token-value.ts';

/** The colours of a drawing, as literal values: a canvas and an exported file know no custom properties. */
export interface Palette {
  readonly surface: string;
  readonly sunken: string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly text2: string;
  readonly text3: string;
  readonly accent: string;
  readonly off: string;
  readonly diff: string;
  readonly family: Readonly<Record<OperationFamily, { readonly fill: string; readonly ink: string }>>;
}

/** The palette of a theme out of the text of styles/tokens.css, so that no colour is written down twice. */
export function readPalette(css: string, theme: Theme): Palette {
  const value = (name: string) => tokenValue(css, theme, name);
  const familyColours = (family: OperationFamily) => {
    if (family === 'identity') return { fill: 'none', ink: value('text') };
    const name = `family-${family.replace('_', '-')}`;
    return { fill: value(name), ink: value(`${name}-ink`) };
  };
  return {
    surface: value('surface'),
    sunken: value('sunken'),
    line: value('line'),
    edge: value('edge'),
    text: value('text'),
    text2: value('text-2'),
    text3: value('text-3'),
    accent: value('accent'),
    off: value('off'),
    diff: value('diff'),
    family: Object.fromEntries(
      OPERATION_FAMILIES.map((family) => [family, familyColours(family)]),
    ) as unknown as Palette['family'],
  };
}
