import { randomUUID } from 'node:crypto';
import { topicValidation } from '../../../contracts/mail-events.ts';
import { AwsError } from '../aws-error.ts';
import { notRunHere, type RestRequest, type RestResult } from '../rest-service.ts';
import type { Mail, StoredTemplate } from './mail.ts';
import { type MailEvent, simulatedEvents } from './simulated-events.ts';

/** Where SES tells of what became of mails. */
export interface EventDestination {
  readonly topicArn: string;
  /** `bounce`, `renderingFailure`, …: as templates write them. */
  readonly eventTypes: readonly string[];
}

interface SendEmailRequest {
  readonly FromEmailAddress?: string;
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: {
    readonly Template?: { readonly TemplateName?: string; readonly TemplateData?: string };
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: { readonly Text?: { readonly Data?: string } };
    };
  };
  readonly ConfigurationSetName?: string;
  readonly EmailTags?: readonly { readonly Name: string; readonly Value: string }[];
}

/**
 * SES without a mail server: mails are kept in an outbox. Addresses of SES's mailbox simulator, such as
 * `bounce@simulator.amazonses.com`, behave as they do there.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export class Ses {
  /** All mails that were taken, the oldest first. */
  readonly outbox: Mail[] = [];
  /** Told of each mail that is taken. */
  onMail: ((mail: Mail) => void) | undefined;
  readonly #templates = new Map<string, StoredTemplate>();
  readonly #configurationSets = new Map<string, EventDestination[]>();
  readonly #publish: (topicArn: string, message: string) => void;

  /** @param publish puts a message on a topic. */
  constructor(publish: (topicArn: string, message: string) => void) {
    this.#publish = publish;
  }

  addTemplate(region: string, name: string, template: StoredTemplate): void {
    this.#templates.set(`${region}/${name}`, template);
  }

  addConfigurationSet(region: string, name: string): void {
    this.#destinationsOf(region, name);
  }

  addEventDestination(region: string, configurationSet: string, destination: EventDestination): void {
    this.#destinationsOf(region, configurationSet).push(destination);
    // SES sees whether it may, with what is no event.
    this.#publish(destination.topicArn, topicValidation);
  }

  readonly answer = (request: RestRequest): RestResult => {
    if (request.method !== 'POST' || request.path !== '/v2/email/outbound-emails') {
      throw notRunHere('ses', request);
    }
    const mail = this.#mailOf(request.body, request.region);
    this.outbox.push(mail);
    this.onMail?.(mail);
    // Whoever sent it has the answer before the news of what became of it.
    setImmediate(() => this.#tellOf(mail, request.region));
    return { body: { MessageId: mail.id } };
  };

  #mailOf(body: SendEmailRequest, region: string): Mail {
    const { FromEmailAddress: from = '', Destination, ConfigurationSetName: configurationSet } = body;
    const to = Destination?.ToAddresses ?? [];
    for (const address of [from, ...to]) {
      if (!/^[^@\s]+@[^@\s]+$/.test(address)) {
        throw new AwsError('BadRequestException', `Missing or illegal address: "${address}".`);
      }
    }
    if (to.length === 0) {
      throw new AwsError('BadRequestException', 'A mail has one recipient at least.');
    }
    if (configurationSet !== undefined && !this.#configurationSets.has(`${region}/${configurationSet}`)) {
      throw new AwsError('NotFoundException', `Configuration set ${configurationSet} does not exist.`, 404);
    }
    return {
      id: randomUUID(),
      sentAt: new Date().toISOString(),
      from,
      to,
      ...this.#contentOf(body, region),
      configurationSet,
      tags: Object.fromEntries((body.EmailTags ?? []).map(({ Name, Value }) => [Name, Value])),
    };
  }

  #contentOf({ Content = {} }: SendEmailRequest, region: string): StoredTemplate {
    const { Template, Simple } = Content;
    if (Template?.TemplateName === undefined) {
      if (Simple === undefined) throw new AwsError('BadRequestException', 'A mail has a content.');
      return { subject: Simple.Subject?.Data ?? '', text: Simple.Body?.Text?.Data ?? '' };
    }
    const template = this.#templates.get(`${region}/${Template.TemplateName}`);
    if (template === undefined) {
      throw new AwsError('NotFoundException', `Template ${Template.TemplateName} does not exist.`, 404);
    }
    const data = dataOf(Template.TemplateData);
    return { subject: rendered(template.subject, data), text: rendered(template.text, data) };
  }

  #tellOf(mail: Mail, region: string): void {
    if (mail.configurationSet === undefined) return;
    for (const event of mail.to.flatMap(address => simulatedEvents(mail, address))) {
      for (const { topicArn, eventTypes } of this.#destinationsOf(region, mail.configurationSet)) {
        if (eventTypes.includes(declaredType(event))) this.#publish(topicArn, JSON.stringify(event));
      }
    }
  }

  #destinationsOf(region: string, configurationSet: string): EventDestination[] {
    const key = `${region}/${configurationSet}`;
    const destinations = this.#configurationSets.get(key) ?? [];
    this.#configurationSets.set(key, destinations);
    return destinations;
  }
}

/** Events are called otherwise where they are told of: `Rendering Failure` is `renderingFailure` in a template. */
function declaredType({ eventType }: MailEvent): string {
  const name = eventType.replaceAll(' ', '');
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function dataOf(json = '{}'): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw new AwsError('BadRequestException', 'TemplateData is no JSON.');
  }
}

/**
 * SES finds a missing value only when it renders, long after it answered, and tells of it by an event; here the
 * answer says so at once, where a developer sees it.
 */
function rendered(text: string, data: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    if (data[name] === undefined) {
      throw new AwsError('BadRequestException', `Attribute '${name}' is not present in the rendering data.`);
    }
    return String(data[name]);
  });
}
