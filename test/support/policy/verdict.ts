/** One of the statements that a verdict rests on. */
export interface DecisiveStatement {
  /** Name of its policy. */
  readonly policy: string;
  /** Its place in the policy, from 1. */
  readonly index: number;
  /** The statement and where it stands, for messages. */
  readonly text: string;
}

export interface VerdictDetails {
  readonly request: { readonly caller: string; readonly action: string; readonly target: string };
  readonly outcome: 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';
  /** Statements that allowed or denied the request. */
  readonly decisive: readonly DecisiveStatement[];
  /** Statements that would have allowed it, and the conditions that they failed on. */
  readonly nearMisses: readonly string[];
  /** Names of the policies that were asked. */
  readonly policies: readonly string[];
}

/** What IAM answers to a request, and why. */
export class Verdict {
  readonly #details: VerdictDetails;

  constructor(details: VerdictDetails) {
    this.#details = details;
  }

  get allowed(): boolean {
    return this.#details.outcome === 'Allowed';
  }

  /** Whether a statement forbids the request, whatever else allows it. */
  get forbidden(): boolean {
    return this.#details.outcome === 'ExplicitlyDenied';
  }

  /** The statements that decided; none when the request is denied because nothing allows it. */
  get decisive(): readonly DecisiveStatement[] {
    return this.#details.decisive;
  }

  /** The verdict in a sentence or two, with the statements that decided it. */
  toString(): string {
    const { request, outcome, decisive, nearMisses, policies } = this.#details;
    const what = `${request.caller}: ${request.action} on ${request.target}`;
    const statements = decisive.map(({ text }) => text).join(' and ');
    if (outcome === 'Allowed') return `${what} is allowed by ${statements}`;
    if (outcome === 'ExplicitlyDenied') return `${what} is denied by ${statements}`;
    const asked = policies.length > 0 ? `(asked: ${policies.join(', ')})` : '(there is none)';
    const misses = nearMisses.map(miss => `\n  it fails ${miss}`);
    return `${what} is allowed by no policy ${asked}${misses.join('')}`;
  }
}
