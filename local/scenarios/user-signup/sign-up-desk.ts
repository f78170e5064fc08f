import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type UserSignedUp, userEvents } from '../../../contracts/users.ts';
import type { RunningSystem } from '../scenario.ts';

/** What somebody signs up with. */
export interface Person {
  readonly email: string;
  readonly name: string;
  readonly plan?: string;
}

const names = [
  'Jane Smith',
  'John Doe',
  'Ada Park',
  'Ben Ray',
  'Cleo Moss',
  'Dan Lee',
  'Eve Hall',
  'Finn Oak',
];
const plans = ['free', 'team', 'business'];

/** So many people, each with an address of his own. The same at every call. */
export function people(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => {
    const name = names[index % names.length] as string;
    const local = `${name.toLowerCase().replace(' ', '.')}${index < names.length ? '' : index}`;
    return { email: `${local}@example.com`, name, plan: plans[index % plans.length] as string };
  });
}

/** Brings sign-ups to the system, and looks at what came of them. */
export class SignUpDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  async post(person: Person): Promise<{ readonly status: number; readonly userId: string }> {
    const answer = await fetch(this.#system.output('SignUpsUrl'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person),
    });
    const { user_id = '' } = (await answer.json()) as { user_id?: string };
    return { status: answer.status, userId: user_id };
  }

  /** Publishes an event that was published before, as a publisher does who had no answer. */
  async publishAgain(userId: string): Promise<void> {
    const { body, attributes } = userEvents.encode(await this.loggedEvent(userId));
    await this.#system.sns.send(
      new PublishCommand({
        TopicArn: this.#system.output('UserEventsTopicArn'),
        Message: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, text]) => [name, { DataType: 'String', StringValue: text }]),
        ),
      }),
    );
  }

  async loggedEvent(userId: string): Promise<UserSignedUp> {
    const { event } = (await this.#item('LoggedEventsTableName', `EVENT#user_signed_up#${userId}`)) ?? {};
    if (event === undefined) throw new Error(`The event log knows nothing of ${userId}`);
    return event as UserSignedUp;
  }

  contact(userId: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.#item('ContactsTableName', `USER#${userId}`);
  }

  /** Users of whom a function logged an outcome, in the order of the log. */
  usersWith(outcome: string): readonly unknown[] {
    return this.#system.log
      .filter(({ fields }) => fields.outcome === outcome)
      .map(({ fields }) => fields.user_id);
  }

  /** The addresses that got a mail, in the order of the outbox. */
  mailedAddresses(): readonly (string | undefined)[] {
    return this.#system.outbox.flatMap(({ to }) => to);
  }

  /** The one message that waits in a queue, which is not consumed by looking. */
  async messageIn(queueOutput: string): Promise<Readonly<Record<string, unknown>>> {
    const { Messages: [message] = [] } = await this.#system.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#system.output(queueOutput), VisibilityTimeout: 0 }),
    );
    return JSON.parse(message?.Body ?? '{}') as Record<string, unknown>;
  }

  /** Posts to the CRM's endpoint, as anybody can. */
  async postToCrm(body: object): Promise<number> {
    const answer = await fetch(this.#system.output('CrmEndpointUrl'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-sns-message-type': 'Notification' },
      body: JSON.stringify(body),
    });
    await answer.body?.cancel();
    return answer.status;
  }

  async #item(tableOutput: string, pk: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { Item } = await this.#system.dynamodb.send(
      new GetCommand({ TableName: this.#system.output(tableOutput), Key: { pk } }),
    );
    return Item;
  }
}
