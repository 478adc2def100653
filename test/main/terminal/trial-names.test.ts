import { expect, it } from 'vitest';
import { leaderboardCsv, leaderboardLines, leaderboardRow } from '../../../src/main/terminal/leaderboard-view.ts';
import { Output } from '../../../src/main/terminal/output.ts';
import { trialLines } from '../../../src/main/terminal/trial-view.ts';
import { makeTrial } from './records.ts';

const REPEAT = makeTrial(17, { run: 2, purpose: 'repeat', batch: null, origin: 'repeat of 17', parent: 17 });
const stream = { write: () => true };
const output = new Output({ out: stream, err: stream }, { json: false, color: false });

it('the table of a leaderboard names a repeat by its trial and its run', () => {
  const lines = leaderboardLines(output, [makeTrial(17), REPEAT]);
  expect(lines.slice(-2).map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
    ['1', '17'],
    ['2', '17·2'],
  ]);
});

it('its CSV and JSON have the number of the trial, and the run beside it', () => {
  const [head, first, repeat] = leaderboardCsv([makeTrial(17), REPEAT]).split('\r\n');
  expect(head).toMatch(/^rank,trial,run,state,reward,/);
  expect([first, repeat].map((line) => line?.split(',').slice(0, 4))).toEqual([
    ['1', '17', '1', 'completed'],
    ['2', '17', '2', 'completed'],
  ]);
  expect([makeTrial(17), REPEAT].map(leaderboardRow)).toMatchObject([
    { trial: 17, run: 1 },
    { trial: 17, run: 2 },
  ]);
});

it('the view of a trial says which run it is', () => {
  const head = (trial: typeof REPEAT) => trialLines(output, trial, [], null)[0];
  expect(head(makeTrial(17))).toBe('Trial 17 of experiment 1: reward 41.00 %');
  expect(head(REPEAT)).toBe('Trial 17·2, a repeat of 17, of experiment 1: reward 41.00 %');
});
