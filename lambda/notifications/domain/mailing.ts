/** How far the readers of a post have been gone through. */
export type MailingState =
  | {
      readonly status: 'addressing';
      /** Mails that are on their way. */
      readonly mails: number;
      /** The reader after whom to go on. */
      readonly after: string;
      readonly expires_at: number;
    }
  | { readonly status: 'addressed'; readonly mails: number; readonly expires_at: number };

/** Readers in the order of their table: some, and after whom there are more. */
export interface ReaderPage {
  readonly addresses: readonly string[];
  /** Records of the page that hold no address. */
  readonly unusable: number;
  readonly next: string | undefined;
}

/** The state once the mails of a page are on their way. */
export function advanced(
  state: MailingState | undefined,
  { addresses, next }: ReaderPage,
  expires_at: number,
): MailingState {
  const mails = (state?.mails ?? 0) + addresses.length;
  return next === undefined
    ? { status: 'addressed', mails, expires_at }
    : { status: 'addressing', mails, after: next, expires_at };
}
