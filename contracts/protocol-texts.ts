/**
 * Protocols that a topic can have a text of its own for. Queues are not among them: they get the event itself.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
export type TextProtocol = 'email' | 'email-json' | 'firehose' | 'https' | 'lambda' | 'sms';

/** What the subscribers of each protocol get; `default` is for those of a protocol that has no text. */
export type ProtocolTexts = Readonly<{ default: string } & Partial<Record<TextProtocol, string>>>;

/** An event in words: how each protocol's text is made of it. */
export interface Wording<Event> {
  /** Subject of mails, which envelopes have too: one line of less than 100 characters. */
  readonly subject: (event: Event) => string;
  readonly texts: Readonly<
    { default: (event: Event) => string } & Partial<Record<TextProtocol, (event: Event) => string>>
  >;
}

/** The texts of an event. */
export function textsOf<Event>(event: Event, { texts }: Wording<Event>): ProtocolTexts {
  return Object.fromEntries(
    Object.entries(texts).map(([protocol, write]) => [protocol, write(event)]),
  ) as ProtocolTexts;
}

/** Longest subject that SNS takes, in characters. */
const maxSubjectLength = 99;

/** A text as a subject: what is too long ends with dots. */
export function asSubject(text: string): string {
  return shortened(text, maxSubjectLength);
}

/** The beginning of a text, of so many characters at the most, dots included. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const kept = text.slice(0, Math.max(0, maxLength - 3));
  // Half of a character that takes two places is none.
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}...`;
}
