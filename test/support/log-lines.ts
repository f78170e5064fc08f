import { jest } from '@jest/globals';

export type LogLine = Readonly<Record<string, unknown>>;

/** Catches the JSON lines that functions write to stdout and stderr, from now until the test's end. */
export function catchLogLines(): LogLine[] {
  const lines: LogLine[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation(chunk => {
      lines.push(
        ...String(chunk)
          .split('\n')
          .filter(line => line.startsWith('{'))
          .map(line => JSON.parse(line) as LogLine),
      );
      return true;
    });
  }
  return lines;
}

afterEach(() => {
  jest.restoreAllMocks();
});
