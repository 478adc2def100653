import { type ReactElement, useMemo } from 'react';
import type { Scatter } from '../../shared/records/leaderboard.ts';
import { percent, plural } from '../components/words.ts';
import { type RowKey, rowName } from '../state/row-key.ts';
import { activeTheme } from '../styles/use-active-theme.ts';
import { fileName } from './chart-csv.ts';
import { ChartFrame } from './chart-frame.tsx';
import { CHART_PALETTES } from './chart-palettes.ts';
import { chartToSvg } from './chart-svg.ts';
import { NumberTable } from './chart-table.tsx';
import type { Area } from './scatter-area.ts';
import { COST_FACTS, type Cost, scatterChart, scatterPoints, scatterToCsv } from './scatter-data.ts';
import { ScatterPlot } from './scatter-plot.tsx';

interface ScatterViewProps {
  readonly scatter: Scatter;
  readonly cost: Cost;
  readonly isLog: boolean;
  readonly selected: RowKey | null;
  readonly onSelect: (row: RowKey) => void;
  readonly onArea: (area: Area) => void;
}

/** The dots with their head: title, table, files. */
export function ScatterView(props: ScatterViewProps): ReactElement {
  const { scatter, cost, isLog } = props;
  const points = useMemo(() => scatterPoints(scatter, cost, isLog), [scatter, cost, isLog]);
  const { title, xLabel, words } = COST_FACTS[cost];
  const svg = () => {
    const chart = scatterChart(points, cost, isLog);
    // The dots have no line's end; in a file both are named in the legend.
    return chartToSvg(chart, CHART_PALETTES[activeTheme()]);
  };
  const table = () => (
    <NumberTable
      label={`${title}, as table`}
      heads={['trial', xLabel, 'reward']}
      count={points.row.length}
      row={(index) => [
        rowName(points.row[index] ?? '0'),
        words(points.x[index] ?? 0),
        percent(points.reward[index] ?? 0),
      ]}
    />
  );
  const leftOut = scatter.trial.length - points.row.length;
  const { series } = useMemo(() => scatterChart({ row: [], x: [], reward: [] }, cost, isLog), [cost, isLog]);
  return (
    <ChartFrame
      title={title}
      series={series}
      csv={{ name: fileName(title, 'csv'), text: () => scatterToCsv(scatter) }}
      svg={{ name: fileName(title, 'svg'), text: svg }}
      table={table}
      note={leftOut === 0 ? undefined : `Without ${plural(leftOut, 'reused reward')}, which took no training.`}
    >
      <ScatterPlot {...props} points={points} />
    </ChartFrame>
  );
}
