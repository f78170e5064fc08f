import { textTable, wholeNames } from '../terminal/text-table.ts';

export interface DepthRow {
  readonly name: string;
  /** Not known, and not shown, where nobody asked. */
  readonly visible?: number;
  readonly inFlight?: number;
  readonly delayed?: number;
}

export function depthTable(rows: readonly DepthRow[]): string {
  const count = (value: number | undefined) => (value === undefined ? '' : String(value));
  return textTable(
    ['queue', 'visible', 'in flight', 'delayed'],
    rows.map(row => [row.name, count(row.visible), count(row.inFlight), count(row.delayed)]),
    wholeNames,
  );
}
