const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `1.2 s`, `2 min 5 s`, `3 d 4 h`: the two largest units. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1000;
  if (seconds < 60) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    rest -= count * length;
  }
  return parts.slice(0, 2).join(' ');
}

export function agoText(timestamp: number, now: number): string {
  return `${durationText(now - timestamp)} ago`;
}
