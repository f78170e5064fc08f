const widest = 48;

/** For tables of names, which are worth nothing when they are cut. */
export const wholeNames = Number.POSITIVE_INFINITY;

/**
 * Columns of text under their titles; none of the columns that are empty in every row.
 *
 * @param widestColumn - characters of a column beyond which its texts are cut.
 */
export function textTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  widestColumn = widest,
): string {
  const used = titles.map((_, column) => column).filter(column => rows.some(row => row[column]));
  const lines = [titles, ...rows].map(row => used.map(column => printable(row[column] ?? '', widestColumn)));
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
export function printable(text: string, longest = widest): string {
  const oneLine = text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '�');
  return oneLine.length > longest ? `${oneLine.slice(0, longest - 1)}…` : oneLine;
}

/** Text from elsewhere as it is, on its own lines, without characters that would steer the terminal. */
export function harmless(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, '�');
}
