/** By these the system knows the app: its own name, and the scheme of the links that open it. */
export const APP_ID = 'app.cellwright';
export const LINK_SCHEME = 'cellwright';

/** Longer ones come from nobody who means well. Ours. */
const LONGEST_LINK = 2_048;
const PLACES = /^\/experiments\/[1-9]\d{0,8}(\/trials\/[1-9]\d{0,8}(\.[1-9]\d{0,3})?|\/compare)?$/;
const PARAMETER = /^[a-z][a-z-]{0,31}$/i;

/**
 * The page's own address of a `cellwright://experiments/…` link, or null. Links come from anywhere, so they only choose
 * among the screens of an experiment: no host, port, user, fragment or escaped path; parameters are written anew.
 */
export function pageOfLink(link: string): string | null {
  if (link.length > LONGEST_LINK || !/^cellwright:\/\/[!-~]+$/.test(link)) return null;
  const [path = '', query, ...more] = link.slice(`${LINK_SCHEME}://`.length).split('?');
  const place = `/${path.replace(/\/$/, '')}`;
  if (!PLACES.test(place) || more.length > 0 || query?.includes('#')) return null;
  const parameters = new URLSearchParams(query ?? '');
  for (const name of parameters.keys()) if (!PARAMETER.test(name)) return null;
  return parameters.size === 0 ? place : `${place}?${parameters}`;
}
