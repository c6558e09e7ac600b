/** Dashboards in few words; `make.ts` writes them as Grafana reads them. */
export interface Panel {
  title: string;
  /** Grafana's name of a unit: `s`, `percentunit`, `ops` … */
  unit: string;
  /** What is asked, and how each line is called. */
  queries: readonly (readonly [expression: string, legend: string])[];
  /** What it means when it looks bad. */
  help: string;
  /** One number instead of lines. */
  single?: true;
}

export interface Board {
  uid: string;
  title: string;
  panels: readonly Panel[];
}

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;
const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

/** A board as Grafana's JSON. */
export const dashboard = ({ uid, title, panels }: Board) => ({
  uid,
  title,
  tags: ['visavis'],
  schemaVersion: 39,
  editable: false,
  refresh: '30s',
  time: { from: 'now-3h', to: 'now' },
  panels: panels.map(({ title: name, unit, queries, help, single }, i) => ({
    id: i + 1,
    type: single === true ? 'stat' : 'timeseries',
    title: name,
    description: help,
    datasource: DATASOURCE,
    gridPos: { x: (i % COLUMNS) * WIDTH, y: Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(([expr, legendFormat], at) => ({ refId: String.fromCharCode(65 + at), expr, legendFormat })),
  })),
});

/** A percentile of a histogram. */
export const quantile = (share: number, histogram: string, by = '') =>
  `histogram_quantile(${share}, sum by (le${by === '' ? '' : `, ${by}`}) (rate(${histogram}_bucket[$__rate_interval])))`;

/** How often something happens a second. */
export const rate = (counter: string, by = '') =>
  `sum${by === '' ? '' : ` by (${by})`} (rate(${counter}[$__rate_interval]))`;
