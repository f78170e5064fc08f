/**
 * The names that a mistyped one was probably meant to be, nearest first.
 *
 * @returns up to three; none where nothing is near.
 */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  const enough = Math.max(3, Math.ceil(wanted.length / 4));
  return names
    .map(name => ({ name, distance: distanceBetween(wanted, name) }))
    .filter(({ distance }) => distance <= enough)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** A name that holds the other whole is near, however much longer it is: `payment` means `order-processing-payment`. */
function distanceBetween(wanted: string, name: string): number {
  const [a, b] = [wanted.toLowerCase(), name.toLowerCase()];
  return a.length >= 3 && b.includes(a) ? 1 : editDistance(a, b);
}

/** Fewest insertions, deletions and replacements of a character that make one text of the other. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, characterOfA] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column++) {
      const [insertion = 0, deletion = 0, diagonal = 0] = [current[column], above[column + 1], above[column]];
      const replacement = diagonal + (characterOfA === b[column] ? 0 : 1);
      current.push(Math.min(insertion + 1, deletion + 1, replacement));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
