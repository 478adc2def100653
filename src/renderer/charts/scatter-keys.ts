import type { ScatterPoints } from './scatter-data.ts';

/** The dot that a key goes to: by cost with ← and →, by reward with ↑ and ↓; null for another key, or where none is. */
export function neighbour({ x, reward }: ScatterPoints, here: number, key: string): number | null {
  const last = x.length - 1;
  if (last < 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return Math.min(last, here + 1);
  if (key === 'ArrowLeft') return here < 0 ? last : Math.max(0, here - 1);
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  if (here < 0) return 0;
  return nextInReward(reward, here, key === 'ArrowUp' ? 1 : -1);
}

/** The next better (1) or worse (−1) one; equal rewards follow one another by their place. */
function nextInReward(reward: readonly number[], here: number, direction: 1 | -1): number {
  const own = reward[here] ?? 0;
  let found = here;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, value] of reward.entries()) {
    const ahead = (value - own) * direction;
    const isAfter = ahead > 0 || (ahead === 0 && (index - here) * direction > 0);
    if (!isAfter || ahead > least) continue;
    if (ahead === least && (index - found) * direction > 0) continue;
    least = ahead;
    found = index;
  }
  return found;
}
