/** Who prints: at once when it is their turn, and before that when it comes. */
export interface Turn {
  print(line: string): void;
  end(): void;
}

/** Lines of several who speak at the same time, shown one speaker after the other, in the order of their turns. */
export class LinesInTurn {
  readonly #print: (line: string) => void;
  readonly #speakers: { lines: string[]; hasEnded: boolean }[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  turn(): Turn {
    const speaker = { lines: [] as string[], hasEnded: false };
    this.#speakers.push(speaker);
    return {
      print: line => {
        speaker.lines.push(line);
        this.#show();
      },
      end: () => {
        speaker.hasEnded = true;
        this.#show();
      },
    };
  }

  #show(): void {
    for (let [first] = this.#speakers; first !== undefined; [first] = this.#speakers) {
      for (const line of first.lines.splice(0)) this.#print(line);
      if (!first.hasEnded) return;
      this.#speakers.shift();
    }
  }
}
