/**
 * Whether there is any text that both patterns fit, where `*` stands for any text and `?` for any letter.
 */
export function mayOverlap(a: string, b: string): boolean {
  const known = new Map<number, boolean>();
  const fits = (i: number, j: number): boolean => {
    const place = i * (b.length + 1) + j;
    const answer = known.get(place) ?? decide(i, j);
    known.set(place, answer);
    return answer;
  };
  const decide = (i: number, j: number): boolean => {
    if (a[i] === '*') return fits(i + 1, j) || (j < b.length && fits(i, j + 1));
    if (b[j] === '*') return fits(i, j + 1) || (i < a.length && fits(i + 1, j));
    if (i === a.length || j === b.length) return i === a.length && j === b.length;
    return (a[i] === b[j] || a[i] === '?' || b[j] === '?') && fits(i + 1, j + 1);
  };
  return fits(0, 0);
}
