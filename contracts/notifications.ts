import * as v from 'valibot';
import { claimCheckEnvironment } from './claim-check.ts';
import { commonEnvironment, required, seconds } from './environment.ts';
import { mailEnvironment, mailTemplate } from './mail.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'Notifications';

/** A body larger than this is refused with 413: the longest content, and half as much for its JSON. */
export const maxPostBodyBytes = 3 * 1_048_576;

/** Where posts are posted to. */
export const postsPath = '/posts';

/** What each reader is written of a post. */
export const postMail = mailTemplate({
  subject: '{{title}}',
  text: [
    '{{title}}',
    'by {{author}}',
    '',
    '{{excerpt}}',
    '',
    'You get this mail because this address is on the list of readers.',
    '',
  ].join('\n'),
  fields: ['title', 'author', 'excerpt'],
});

/**
 * The blog's account at a social network, as its secret holds it. Plain HTTP is for what runs on the same
 * machine: the token would be read by whoever is in between.
 */
export const socialAccount = v.object({
  /** Where posts are posted to. */
  url: v.pipe(v.string(), v.regex(/^(https:\/\/|http:\/\/127\.0\.0\.1[:/])/), v.url()),
  token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/)),
});

export type SocialAccount = v.InferOutput<typeof socialAccount>;

export const publishPostEnvironment = v.object({
  ...commonEnvironment,
  ...claimCheckEnvironment,
  TOPIC_ARN: required,
  IDEMPOTENCY_TABLE: required,
});

export const keepPostEnvironment = v.object({
  ...commonEnvironment,
  ...claimCheckEnvironment,
  TABLE_NAME: required,
});

export const addressMailsEnvironment = v.object({
  ...commonEnvironment,
  ...claimCheckEnvironment,
  READERS_TABLE: required,
  /** How far the readers of each post have been gone through. */
  MAILINGS_TABLE: required,
  /** Queue of the mails that are to be sent. */
  QUEUE_URL: required,
});

export const sendMailEnvironment = v.object({
  ...commonEnvironment,
  ...mailEnvironment,
  /** What became of each mail. */
  MAILS_TABLE: required,
  /** Addresses that nobody reads. */
  ADDRESSES_TABLE: required,
});

export const noteUndeliverableEnvironment = v.object({
  ...commonEnvironment,
  ADDRESSES_TABLE: required,
});

export const sharePostEnvironment = v.object({
  ...commonEnvironment,
  ...claimCheckEnvironment,
  TABLE_NAME: required,
  SOCIAL_SECRET_ARN: required,
  /** How long the account is used before the secret is read again. */
  SECRET_MAX_AGE_SECONDS: v.optional(seconds(1, 86_400), '300'),
  /** How long the network is left alone once it failed again and again; shorter in demonstrations only. */
  BREAK_SECONDS: v.optional(seconds(1, 300), '30'),
});
