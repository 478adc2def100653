import type { ReactElement, ReactNode } from 'react';
import { Panel } from 'react-resizable-panels';
import { Guard } from '../../components/notices.tsx';
import { PaneGroup, PaneSeparator } from '../../components/pane-group.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useCommands } from '../../state/commands.ts';
import { useWindowSize } from '../../state/use-window-size.ts';
import { enterPane } from '../frame/panes.ts';
import { COLUMN_SHARES, type SearchLayoutKind, searchLayout } from './layout-choice.ts';
import styles from './search-layout.module.css';
import { SEARCH_TABS, type SearchTab } from './search-view.ts';

const TITLES: Readonly<Record<SearchTab, string>> = {
  cell: 'Cell',
  curves: 'Curves',
  scatter: 'Scatter',
  operations: 'Operations',
  controller: 'Controller',
};

/** Which tabs there are; the cell and the controller have a pane of their own where there is room. */
const TABS: Readonly<Record<SearchLayoutKind, readonly SearchTab[]>> = {
  narrow: ['cell', 'curves', 'scatter', 'operations', 'controller'],
  medium: ['curves', 'scatter', 'operations', 'controller'],
  wide: ['curves', 'scatter', 'operations', 'controller'],
  vast: ['curves', 'scatter', 'operations'],
};

export interface SearchLayoutProps {
  readonly leaderboard: ReactNode;
  readonly pane: (tab: SearchTab) => ReactNode;
  readonly tab: SearchTab;
  readonly onTab: (tab: SearchTab) => void;
}

/** Smallest sizes of a pane. Pixels (design); in a narrow window two of 440 would not leave the leaderboard its 46 %. */
const LEAST_WIDTH = 440;
const LEAST_NARROW_WIDTH = 400;
const LEAST_HEIGHT = 160;

export function SearchLayout(props: SearchLayoutProps): ReactElement {
  const kind = useWindowSize(searchLayout);
  const tabs = TABS[kind];
  useCommands(
    SEARCH_TABS.map((tab, index) => ({
      id: `tab-${tab}`,
      title: `Show ${TITLES[tab].toLowerCase()}`,
      group: 'Search',
      key: String(index + 1),
      run: () => {
        if (tabs.includes(tab)) props.onTab(tab);
        else enterPane(document.querySelector<HTMLElement>(`[data-pane="${tab}"]`));
      },
    })),
  );
  const Layout = LAYOUTS[kind];
  return <Layout {...props} tabs={tabs} />;
}

type LayoutProps = SearchLayoutProps & { readonly tabs: readonly SearchTab[] };

const LAYOUTS: Readonly<Record<SearchLayoutKind, (props: LayoutProps) => ReactElement>> = {
  narrow: (props) => (
    <PaneGroup key="narrow" id="search-narrow" orientation="horizontal">
      <Pane id="leaderboard" label="Leaderboard" size={COLUMN_SHARES.narrow[0]} least={LEAST_NARROW_WIDTH}>
        {props.leaderboard}
      </Pane>
      <PaneSeparator before="leaderboard" after="tabs" label="Width of the leaderboard" />
      <Pane id="tabs" label="Cell and charts" size={COLUMN_SHARES.narrow[1]} least={LEAST_NARROW_WIDTH}>
        <PaneTabs {...props} />
      </Pane>
    </PaneGroup>
  ),
  medium: (props) => (
    <PaneGroup key="medium" id="search-medium" orientation="horizontal">
      <Panel id="left" defaultSize={`${COLUMN_SHARES.medium[0]}`} minSize={LEAST_WIDTH}>
        <PaneGroup id="search-medium-left" orientation="vertical">
          <Pane id="leaderboard" label="Leaderboard" size={60} least={LEAST_HEIGHT}>
            {props.leaderboard}
          </Pane>
          <PaneSeparator before="leaderboard" after="tabs" label="Height of the leaderboard" />
          <Pane id="tabs" label="Charts" size={40} least={LEAST_HEIGHT}>
            <PaneTabs {...props} />
          </Pane>
        </PaneGroup>
      </Panel>
      <PaneSeparator before="left" after="cell" label="Width of the leaderboard" />
      <Pane id="cell" label="Cell" size={COLUMN_SHARES.medium[1]} least={LEAST_WIDTH}>
        {props.pane('cell')}
      </Pane>
    </PaneGroup>
  ),
  wide: (props) => (
    <Columns {...props} kind="wide">
      <PaneTabs {...props} />
    </Columns>
  ),
  vast: (props) => (
    <Columns {...props} kind="vast">
      <PaneGroup id="search-vast-charts" orientation="vertical">
        <Pane id="upper" label="Charts" size={50} least={LEAST_HEIGHT}>
          <PaneTabs {...props} />
        </Pane>
        <PaneSeparator before="upper" after="controller" label="Height of the charts" />
        <Pane id="controller" label="Controller" size={50} least={LEAST_HEIGHT}>
          <h2 className={styles.title}>Controller</h2>
          <div className={styles.rest}>{props.pane('controller')}</div>
        </Pane>
      </PaneGroup>
    </Columns>
  ),
};

function Columns(props: LayoutProps & { kind: 'wide' | 'vast'; children: ReactNode }): ReactElement {
  const { kind, leaderboard, pane, children } = props;
  const [first, second, third] = COLUMN_SHARES[kind];
  return (
    <PaneGroup key={kind} id={`search-${kind}`} orientation="horizontal">
      <Pane id="leaderboard" label="Leaderboard" size={first} least={LEAST_WIDTH}>
        {leaderboard}
      </Pane>
      <PaneSeparator before="leaderboard" after="cell" label="Width of the leaderboard" />
      <Pane id="cell" label="Cell" size={second} least={LEAST_WIDTH}>
        {pane('cell')}
      </Pane>
      <PaneSeparator before="cell" after="charts" label="Width of the cell" />
      <Panel id="charts" defaultSize={`${third}`} minSize={LEAST_WIDTH} className={styles.pane}>
        {kind === 'wide' ? (
          <PaneRegion id="tabs" label="Charts">
            {children}
          </PaneRegion>
        ) : (
          children
        )}
      </Panel>
    </PaneGroup>
  );
}

function Pane(props: { id: string; label: string; size: number; least: number; children: ReactNode }): ReactElement {
  const { id, label, size, least, children } = props;
  return (
    <Panel id={id} defaultSize={`${size}`} minSize={least} className={styles.pane}>
      <PaneRegion id={id} label={label}>
        {children}
      </PaneRegion>
    </Panel>
  );
}

/** F6 goes from one to the next. */
function PaneRegion({ id, label, children }: { id: string; label: string; children: ReactNode }): ReactElement {
  return (
    <section className={styles.region} data-pane={id} aria-label={label} tabIndex={-1}>
      <Guard>{children}</Guard>
    </section>
  );
}

function PaneTabs({ tabs, tab, onTab, pane }: LayoutProps): ReactElement {
  const active = tabs.includes(tab) ? tab : 'curves';
  return (
    <Tabs
      label="What to see of the search"
      tabs={tabs.map((id) => ({ id, title: TITLES[id] }))}
      active={active}
      onChoose={onTab}
    >
      <Guard key={active}>{pane(active)}</Guard>
    </Tabs>
  );
}
