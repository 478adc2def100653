/** Texts, brackets and separators of JSON; numbers and words are of no interest here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** The first key that stands twice in one object of a valid JSON text, or null. `JSON.parse` takes the last silently. */
export function duplicateKey(json: string): string | null {
  /** The keys of each object that is open; an array has none. */
  const open: (Set<string> | null)[] = [];
  let text: string | null = null;
  for (const [token] of json.matchAll(TOKENS)) {
    const keys = open.at(-1);
    if (token === ':' && keys && text !== null) {
      const key = JSON.parse(text) as string;
      if (keys.has(key)) return key;
      keys.add(key);
    }
    text = token.startsWith('"') ? token : null;
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
  }
  return null;
}
