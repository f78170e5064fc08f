import type { MailEvent } from '../../../contracts/mail-events.ts';

/** Why nobody reads what is sent to an address. */
export interface Undeliverable {
  readonly status: 'undeliverable';
  readonly reason: 'bounce' | 'complaint';
  /** What SES says beside it: `General`, `OnAccountSuppressionList`, `abuse`. */
  readonly detail: string;
  readonly since: string;
}

export type MailEventDecision =
  /** Send nothing to these addresses any more. */
  | { readonly action: 'mark'; readonly addresses: readonly string[]; readonly as: Undeliverable }
  /** Nothing follows for the address. */
  | { readonly action: 'pass'; readonly outcome: 'transient_bounce' | 'no_complaint' }
  /** The mail never left, for a reason that is not the address's. */
  | { readonly action: 'report'; readonly fault: string };

/**
 * Decides what follows from what SES tells of a mail. A full mailbox may be emptied; an address that is none, or
 * whose owner complained, is never written to again.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
 */
export function decideMailEvent(event: MailEvent): MailEventDecision {
  switch (event.eventType) {
    case 'Bounce': {
      const { bounceType, bounceSubType, bouncedRecipients, timestamp } = event.bounce;
      if (bounceType !== 'Permanent') return { action: 'pass', outcome: 'transient_bounce' };
      return {
        action: 'mark',
        addresses: bouncedRecipients.map(({ emailAddress }) => bareAddress(emailAddress)),
        as: { status: 'undeliverable', reason: 'bounce', detail: bounceSubType, since: timestamp },
      };
    }
    case 'Complaint': {
      const { complainedRecipients, complaintFeedbackType, timestamp } = event.complaint;
      // The recipient found it among spam, and says that it is none.
      if (complaintFeedbackType === 'not-spam') return { action: 'pass', outcome: 'no_complaint' };
      return {
        action: 'mark',
        addresses: complainedRecipients.map(({ emailAddress }) => bareAddress(emailAddress)),
        as: {
          status: 'undeliverable',
          reason: 'complaint',
          detail: complaintFeedbackType ?? 'unsaid',
          since: timestamp,
        },
      };
    }
    case 'Reject':
      return { action: 'report', fault: `SES rejected it: ${event.reject.reason}` };
    case 'Rendering Failure':
      return {
        action: 'report',
        fault: `its template ${event.failure.templateName} could not be filled in: ${event.failure.errorMessage}`,
      };
  }
}

/** Providers also report addresses as `Jane <jane@example.com>`. */
function bareAddress(address: string): string {
  return /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address;
}
