import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { MailData, MailTemplate } from '../../contracts/mail.ts';
import { dependencyFailure } from './dependency.ts';
import { DependencyDownError, errorFrom, PermanentFailure } from './failures.ts';

/** SES will not send this mail, at no time: the address is none, or the sender is not verified. */
export class MailRefusedError extends PermanentFailure {
  override readonly name = 'MailRefusedError';
}

export interface MailerOptions {
  readonly ses: Pick<SESv2Client, 'send'>;
  /** Sender, whose domain or address is verified in SES. */
  readonly from: string;
  /** Configuration set, which says what becomes of bounces. */
  readonly configurationSet: string;
  /** Name of the template in SES. */
  readonly templateName: string;
}

export interface Mail<Template extends MailTemplate<string>> {
  readonly to: string;
  readonly data: MailData<Template>;
  /**
   * Goes with the mail into every event that SES tells of it: names and values of letters, digits, `_` and `-`.
   *
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Answers that say that SES takes mails again later, from this account as from others. */
const pauses = new Set(['AccountSuspendedException', 'SendingPausedException']);

/** Answers about this mail, or its sender. */
const refusals = new Set(['BadRequestException', 'MailFromDomainNotVerifiedException', 'MessageRejected']);

/** Sends the mails of one template through SES. */
export class Mailer<Template extends MailTemplate<string>> {
  readonly #options: MailerOptions;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  /**
   * SES takes a mail and delivers it later; whether it arrived, the configuration set's events tell.
   *
   * @returns SES's id of the mail.
   * @throws MailRefusedError when SES will never send it.
   * @throws DependencyDownError when SES does not answer, throttles or is paused. The mail may have been taken.
   */
  async send({ to, data, tags = {} }: Mail<Template>): Promise<string> {
    const { ses, from, configurationSet, templateName } = this.#options;
    try {
      const { MessageId = '' } = await ses.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Template: { TemplateName: templateName, TemplateData: JSON.stringify(data) } },
          ConfigurationSetName: configurationSet,
          EmailTags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
      return MessageId;
    } catch (thrown) {
      throw mailFailure(thrown);
    }
  }
}

function mailFailure(thrown: unknown): Error {
  // Never an address: what is thrown is logged.
  const error = withoutAddresses(errorFrom(thrown));
  if (refusals.has(error.name)) {
    return new MailRefusedError(
      `SES refuses the mail: ${error.name}. Is the sender verified in this account and region, the account out ` +
        "of SES's sandbox, and the recipient's address one?",
      { cause: error },
    );
  }
  if (pauses.has(error.name)) {
    return new DependencyDownError(
      `SES sends nothing for this account now: ${error.name}. Its console says why; it is safe to try again.`,
      { cause: error },
    );
  }
  return dependencyFailure('SES', error);
}

/** SES repeats the addresses that it refuses, and IAM those that nobody may send to or from. */
function withoutAddresses(error: Error): Error {
  const message = error.message.replace(/[^\s/"'<>]+@[^\s"'<>]+/g, '<address>');
  // What tells a fault that passes goes along: status, code.
  return Object.assign(new Error(message), { ...error, name: error.name, message });
}
