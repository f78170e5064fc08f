import { errorFrom } from './failures.ts';

/**
 * Why a text is no JSON. Not in the words of the parser, which repeat what it stumbled on: the text may be
 * secret, and what is said of it is logged.
 */
export function jsonFault(thrown: unknown, length: number): string {
  if (length === 0) return 'It is empty';
  const position = /at position (\d+)/.exec(errorFrom(thrown).message)?.[1];
  return position === undefined
    ? 'It breaks off, or holds a character that JSON has not'
    : `It is no JSON from position ${position} on`;
}
