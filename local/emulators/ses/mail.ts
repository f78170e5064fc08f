/** A mail in the outbox: what a recipient would read. */
export interface Mail {
  readonly id: string;
  readonly sentAt: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly configurationSet: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** A template as SES keeps it. */
export interface StoredTemplate {
  readonly subject: string;
  readonly text: string;
}
