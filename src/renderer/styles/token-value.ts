export type Theme = 'light' | 'dark';

/** A colour of tokens.css in a theme. Throws when the file has none of that name. */
export function tokenValue(css: string, theme: Theme, name: string): string {
  const [light, dark] = css.split(/\[data-theme=['"]?dark['"]?\]/);
  const find = (text: string | undefined) => text?.match(new RegExp(`--${name}:\\s*([^;]+);`))?.[1];
  const value = (theme === 'dark' ? find(dark) : undefined) ?? find(light);
  if (value === undefined) throw new Error(`styles/tokens.css has no --${name}`);
  return value;
}
