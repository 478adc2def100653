import { OPERATIONS, type Operation } from '../../shared/records/architecture.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import type { OperationShare, Scatter, SearchCurve } from '../../shared/records/leaderboard.ts';
import { liveBlocks } from '../../shared/search-space/live-blocks.ts';

/** Trials that count as the top (design; the paper's figure 6 has the same 25). */
const TOP = 25;

type Rewarded = Trial & { readonly reward: number };

export function rewardedTrials(trials: readonly Trial[]): Rewarded[] {
  return trials.filter((trial): trial is Rewarded => trial.reward !== null && trial.trashedAt === null);
}

export function scatterOf(trials: readonly Trial[]): Scatter {
  const rewarded = rewardedTrials(trials);
  return {
    trial: rewarded.map(({ trial }) => trial),
    reward: rewarded.map(({ reward }) => reward),
    trainableParameters: rewarded.map(({ trainableParameters }) => trainableParameters),
    multiplyAdds: rewarded.map(({ multiplyAdds }) => multiplyAdds),
    durationMs: rewarded.map(({ durationMs }) => durationMs),
  };
}

export function sharesOf(trials: readonly Trial[]): OperationShare[] {
  const rewarded = rewardedTrials(trials).sort((one, other) => other.reward - one.reward || one.trial - other.trial);
  const used = rewarded.map((trial) => ({ reward: trial.reward, operations: operationsOf(trial) }));
  const all = used.flatMap(({ operations }) => operations);
  const top = used.slice(0, TOP).flatMap(({ operations }) => operations);
  return OPERATIONS.map((operation) => ({
    operation,
    topShare: share(top, operation),
    share: share(all, operation),
    having: rewards(used.filter(({ operations }) => operations.includes(operation))),
    lacking: rewards(used.filter(({ operations }) => !operations.includes(operation))),
  }));
}

function operationsOf({ architecture }: Trial): Operation[] {
  return [architecture.normal, architecture.reduction].flatMap((cell) =>
    liveBlocks(cell).flatMap((index) => {
      const block = cell.blocks[index];
      return block === undefined ? [] : [block.left.operation, block.right.operation];
    }),
  );
}

const share = (operations: readonly Operation[], wanted: Operation): number =>
  operations.length === 0 ? 0 : operations.filter((operation) => operation === wanted).length / operations.length;

function rewards(trials: readonly { readonly reward: number }[]): { count: number; reward: number | null } {
  const count = trials.length;
  return { count, reward: count === 0 ? null : trials.reduce((sum, { reward }) => sum + reward, 0) / count };
}

const MOST_POINTS = 1000;

export function curveOf(trials: readonly Trial[]): SearchCurve {
  const proposals = trials.filter(({ batch, trashedAt }) => batch !== null && trashedAt === null);
  const curve: SearchCurve = { proposals: [], best: [], top5: [], top25: [] };
  const every = Math.max(1, Math.ceil(proposals.length / MOST_POINTS));
  const top: number[] = [];
  const mean = (count: number): number | null =>
    top.length < count ? null : top.slice(0, count).reduce((sum, reward) => sum + reward, 0) / count;
  for (const [index, { reward }] of proposals.entries()) {
    if (reward !== null) {
      top.push(reward);
      top.sort((one, other) => other - one);
      top.length = Math.min(top.length, TOP);
    }
    const number = index + 1;
    if (number % every !== 0 && number !== proposals.length) continue;
    curve.proposals.push(number);
    curve.best.push(mean(1));
    curve.top5.push(mean(5));
    curve.top25.push(mean(TOP));
  }
  return curve;
}
