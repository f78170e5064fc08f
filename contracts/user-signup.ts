import * as v from 'valibot';
import { commonEnvironment, required } from './environment.ts';
import { mailEnvironment, mailTemplate } from './mail.ts';

/** Namespace of the metrics that this system's functions emit. */
export const metricsNamespace = 'UserSignup';

/** A body larger than this is refused with 413: a sign-up has three short fields. */
export const maxSignUpBodyBytes = 8_192;

export const signUpEnvironment = v.object({
  ...commonEnvironment,
  TOPIC_ARN: required,
  USERS_TABLE: required,
  IDEMPOTENCY_TABLE: required,
});

/** What each new user is written. */
export const welcomeMail = mailTemplate({
  subject: 'Welcome, {{name}}',
  text: [
    'Hello {{name}},',
    '',
    'thank you for signing up. Your plan: {{plan}}.',
    '',
    'You get this mail once, because somebody signed up with this address.',
    '',
  ].join('\n'),
  fields: ['name', 'plan'],
});

export const welcomeEnvironment = v.object({
  ...commonEnvironment,
  ...mailEnvironment,
  TABLE_NAME: required,
});

export const eventLogEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
});

export const redeliveryEnvironment = v.object({
  ...commonEnvironment,
  TOPIC_ARN: required,
});

export const crmReceiverEnvironment = v.object({
  ...commonEnvironment,
  TABLE_NAME: required,
  /** The one topic whose messages are taken. */
  TOPIC_ARN: required,
  /**
   * Stands in for AWS, as the SDKs have it: certificates and confirmations come from there and from nowhere
   * else. Only the local cloud sets it, no stack does.
   */
  AWS_ENDPOINT_URL: v.optional(v.pipe(v.string(), v.url())),
});
