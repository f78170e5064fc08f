import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import type { Mail } from './mail.ts';

/** What SES tells of a mail, in its own form. */
export interface MailEvent {
  readonly eventType: string;
  readonly mail: object;
}

const simulator = 'simulator.amazonses.com';

/**
 * What SES tells of a mail to an address: a delivery, or what the mailbox simulator's address stands for.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function simulatedEvents(mail: Mail, address: string): MailEvent[] {
  const told = (eventType: string, key: string, content: object) => ({
    eventType,
    mail: mailOf(mail),
    [key]: { timestamp: new Date().toISOString(), ...content },
  });
  const delivery = told('Delivery', 'delivery', {
    processingTimeMillis: 1,
    recipients: [address],
    smtpResponse: '250 2.6.0 Message received',
    reportingMTA: 'local',
  });
  // The part behind a plus sign is the sender's own label.
  switch (address.toLowerCase().replace(/\+[^@]*@/, '@')) {
    case `bounce@${simulator}`:
    case `suppressionlist@${simulator}`:
      return [
        told('Bounce', 'bounce', {
          feedbackId: randomUUID(),
          bounceType: 'Permanent',
          bounceSubType: address.startsWith('suppressionlist') ? 'OnAccountSuppressionList' : 'General',
          bouncedRecipients: [
            {
              emailAddress: address,
              action: 'failed',
              status: '5.1.1',
              diagnosticCode: 'smtp; 550 5.1.1 user unknown',
            },
          ],
          reportingMTA: 'dns; local',
        }),
      ];
    case `complaint@${simulator}`:
      return [
        delivery,
        told('Complaint', 'complaint', {
          feedbackId: randomUUID(),
          complainedRecipients: [{ emailAddress: address }],
          complaintFeedbackType: 'abuse',
        }),
      ];
    default:
      return [delivery];
  }
}

function mailOf({ id, sentAt, from, to, subject, configurationSet, tags }: Mail): object {
  return {
    timestamp: sentAt,
    messageId: id,
    source: from,
    sendingAccountId: ACCOUNT_ID,
    destination: to,
    headersTruncated: false,
    headers: [],
    commonHeaders: { from: [from], to, messageId: id, subject },
    tags: {
      'ses:configuration-set': [configurationSet],
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
    },
  };
}
