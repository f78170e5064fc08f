const widest = 48;

/** Columns of text under their titles; none of the columns that are empty in every row. */
export function textTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = titles.map((_, column) => column).filter(column => rows.some(row => row[column]));
  const lines = [titles, ...rows].map(row => used.map(column => printable(row[column] ?? '')));
  const widths = used.map((_, index) => Math.max(...lines.map(line => line[index]?.length ?? 0)));
  return lines
    .map(line =>
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text from elsewhere on one short line, without characters that would steer the terminal. */
export function printable(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '�');
  return oneLine.length > widest ? `${oneLine.slice(0, widest - 1)}…` : oneLine;
}

/** Text from elsewhere as it is, on its own lines, without characters that would steer the terminal. */
export function harmless(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '�');
}
