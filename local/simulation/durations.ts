const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };
const duration = /^(?:\d+(?:\.\d+)?(?:s|min|m|h|d))+$/;

export const allowedDuration = 'a duration such as 90s, 10m, 1h30m or 2d';

/** @returns seconds, or undefined where the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)(min|[smhd])/g)].reduce(
    (total, [, amount, unit = 's']) => total + Number(amount) * (unitSeconds[unit] ?? 0),
    0,
  );
}

/** Seconds as people say them: `45 s`, `12 min 30 s`, `3 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(seconds / 60);
  return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

function joined(...parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([amount]) => amount > 0)
    .map(part => part.join(' '))
    .join(' ');
}
