import { expect, it } from 'vitest';
import { type ChaosTally, runChaos } from '../../src/main/bench/chaos.ts';
import { homeFolder } from '../../src/main/setup/runtime.mjs';

/** `CELLWRIGHT_LONG=1` kills as often as `bench chaos` does. */
const KILLS = process.env.CELLWRIGHT_LONG
  ? { mainKills: 20, trainerKills: 20, stepKills: 5 }
  : { mainKills: 1, trainerKills: 1, stepKills: 0 };

const sound = ({ kills, identical, searches, differences }: ChaosTally) => ({
  kills,
  identical,
  searches,
  differences,
});

it('a real search that is killed goes on by itself and ends like the undisturbed one, bit for bit', async () => {
  const told: string[] = [];
  const { main, trainer, steps } = await runChaos({
    ...KILLS,
    home: homeFolder(),
    seed: 7,
    note: (text) => told.push(text),
  });
  console.log(told.join('\n'));
  const { mainKills, trainerKills, stepKills } = KILLS;
  const all = (kills: number) => ({ kills, identical: kills, searches: kills, differences: [] });
  expect(sound(main)).toEqual(all(mainKills));
  expect(sound(trainer)).toEqual(all(trainerKills));
  const searches = stepKills > 0 ? 1 : 0;
  expect(sound(steps)).toEqual({ kills: stepKills, identical: searches, searches, differences: [] });
}, 7_200_000);
