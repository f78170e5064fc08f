/** A line of a stream of them. */
export interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Lines of a stream that are not blank. Only line feeds end one: unlike `readline`, this leaves the
 * separators U+2028 and U+2029 alone, which JSON allows within a text.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  for await (const chunk of stream) {
    const parts = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = parts.pop() ?? '';
    for (const text of parts) {
      number += 1;
      if (text.trim()) yield { text, number };
    }
  }
  if (rest.trim()) yield { text: rest, number: number + 1 };
}
