import * as v from 'valibot';

/**
 * What SES tells of mails through a configuration set: the members that somebody here reads, the others are kept.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */

const text = v.string('Expected a text');

const mail = v.looseObject({
  messageId: text,
  /** Each tag of the mail with its values. */
  tags: v.optional(v.record(text, v.array(text))),
});

const recipients = v.array(v.looseObject({ emailAddress: text }));

/** An event of a mail. Addresses do not stand in what is said of a fault. */
export const mailEvent = v.variant(
  'eventType',
  [
    v.looseObject({
      eventType: v.literal('Bounce'),
      mail,
      bounce: v.looseObject({
        /** `Permanent`: nobody will ever read it there. `Transient`: a later mail may arrive. `Undetermined`. */
        bounceType: text,
        bounceSubType: text,
        bouncedRecipients: recipients,
        timestamp: text,
      }),
    }),
    v.looseObject({
      eventType: v.literal('Complaint'),
      mail,
      complaint: v.looseObject({
        complainedRecipients: recipients,
        /** What the recipient's provider calls it: `abuse`, `not-spam`, …; not every one says. */
        complaintFeedbackType: v.optional(v.nullable(text)),
        timestamp: text,
      }),
    }),
    v.looseObject({
      eventType: v.literal('Reject'),
      mail,
      reject: v.looseObject({ reason: text }),
    }),
    v.looseObject({
      eventType: v.literal('Rendering Failure'),
      mail,
      failure: v.looseObject({ templateName: text, errorMessage: text }),
    }),
  ],
  'Expected an event of a mail that was not read',
);

export type MailEvent = v.InferOutput<typeof mailEvent>;

/** What SES publishes, as plain text, to see whether it may: once for each destination that is made. */
export const topicValidation = 'Successfully validated SNS topic for Amazon SES event publishing.';
