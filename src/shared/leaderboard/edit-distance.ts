/** Single-letter changes, insertions, deletions and swaps of neighbours that make one word the other. */
export function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1]);
      let least = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (isSwap) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}

/** The known word that a misspelt one most likely means, or null where none is near. The first of equally near ones. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let nearest: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // Ours: more than one change in three letters is another word, not a slip.
    if (distance > Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3))) continue;
    if (nearest === null || distance < nearest.distance) nearest = { word: candidate, distance };
  }
  return nearest?.word ?? null;
}
