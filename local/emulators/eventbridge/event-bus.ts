import { randomUUID } from 'node:crypto';
import { ACCOUNT_ID } from '../../assembly/cloud-assembly.ts';
import { AwsError } from '../aws-error.ts';
import { matchesPattern } from '../sns/filter-policy.ts';
import type { ServiceDelivery } from '../sqs/service-delivery.ts';
import type { WireAction, WireRequest } from '../wire-protocol.ts';
import { type InputTransformer, transformed } from './input-transformer.ts';

/** What a service tells: what of it EventBridge does not add by itself. */
export interface Told {
  readonly source: string;
  readonly detailType: string;
  readonly detail: object;
  readonly resources?: readonly string[];
  /** @default - now */
  readonly time?: Date;
}

/** A queue that gets what a rule takes. */
export interface RuleTarget {
  readonly Arn: string;
  readonly InputTransformer?: InputTransformer;
  readonly DeadLetterConfig?: { readonly Arn: string };
}

export interface BusRule {
  readonly arn: string;
  readonly region: string;
  /** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly RuleTarget[];
}

/**
 * The default event bus of each region, with rules that deliver to queues.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export class EventBus {
  readonly #rules: BusRule[] = [];
  readonly #delivery: ServiceDelivery;

  /** Actions by their target. */
  readonly actions: ReadonlyMap<string, WireAction> = new Map<string, WireAction>([
    ['AWSEvents.PutEvents', request => this.#putEvents(request)],
  ]);

  constructor(delivery: ServiceDelivery) {
    this.#delivery = delivery;
  }

  addRule(rule: BusRule): void {
    this.#rules.push(rule);
  }

  /** @returns the id that the event got. */
  tell({ source, detailType, detail, resources = [], time = new Date() }: Told, region: string): string {
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account: ACCOUNT_ID,
      time: `${time.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`,
      region,
      resources,
      detail,
    };
    for (const rule of this.#rules) {
      if (rule.region === region && matchesPattern(rule.pattern, [event])) this.#deliver(event, rule);
    }
    return event.id;
  }

  /** A queue that does not take it will not: nothing is tried again here. */
  #deliver(event: object, { arn, targets }: BusRule): void {
    for (const { Arn: target, InputTransformer: transformer, DeadLetterConfig: dlq } of targets) {
      const body = transformer ? transformed(event, transformer) : JSON.stringify(event);
      if (this.#delivery.put(target, body) || dlq === undefined) continue;
      this.#delivery.put(dlq.Arn, JSON.stringify(event), {
        RULE_ARN: arn,
        TARGET_ARN: target,
        ERROR_CODE: 'SDK_CLIENT_ERROR',
        ERROR_MESSAGE: `The queue ${target} does not exist, or cannot hold the event.`,
      });
    }
  }

  #putEvents({ parameters, region }: WireRequest): object {
    const { Entries: entries } = parameters;
    if (!Array.isArray(entries) || entries.length < 1 || entries.length > 10) {
      throw new AwsError('ValidationException', 'Entries must be 1 to 10 events.');
    }
    const answers = entries.map(entry => this.#put(entry as Entry, region));
    return {
      FailedEntryCount: answers.filter(answer => 'ErrorCode' in answer).length,
      Entries: answers,
    };
  }

  #put(entry: Entry, region: string): object {
    const { Source: source, DetailType: detailType, Detail: text, Resources: resources = [], Time } = entry;
    if (!source || !detailType || text === undefined) {
      const missing = source ? (detailType ? 'Detail' : 'DetailType') : 'Source';
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${missing} is not valid. Reason: it is required.`,
      };
    }
    const detail = parseObject(text);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const time = Time === undefined ? new Date() : new Date(Time * 1_000);
    return { EventId: this.tell({ source, detailType, detail, resources, time }, region) };
  }
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  /** Seconds since 1970. */
  readonly Time?: number;
}

function parseObject(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
