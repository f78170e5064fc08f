import { until } from '../condition.ts';
import { expectEqual, repeated, unequal } from '../expectations.ts';
import { redriveTo } from '../operator.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { type Person, people, SignUpDesk } from './sign-up-desk.ts';

const welcome = { path: 'user-signup/Welcome/Function', table: 'WelcomesTableName' };
const crm = { path: 'user-signup/CrmReceiver/Function', table: 'ContactsTableName' };
const failedAlarm = 'user-signup/WelcomeSubscriptionMonitoring/Failed';
const undeliveredAlarm = 'user-signup/UserEventsMonitoring/UndeliveredCrmSubscription';

/** Who signs up while neither mails go out nor the CRM answers. */
const unlucky: Person = { email: 'una.luck@example.com', name: 'Una Luck', plan: 'team' };

export const scenario: Scenario = {
  async demonstrate(system, tell) {
    const desk = new SignUpDesk(system);
    await subscribed(desk);
    tell('The CRM has confirmed its subscription.');
    const lucky = people(4);
    for (const person of lucky) await desk.post(person);
    for (const outcome of ['welcomed', 'contact_added']) {
      await until(async () => unequal(outcome, desk.usersWith(outcome).length, lucky.length));
    }
    await breakDown(system, welcome, crm);
    await desk.post(unlucky);
    tell(`${unlucky.name} signs up while mail and CRM are down.`);
    for (const output of ['WelcomeFailedUrl', 'CrmUndeliveredUrl']) {
      await until(async () => unequal(output, await messagesIn(system.sqs, system.output(output)), 1));
    }
    await mend(system, welcome, crm);
    const queues = ['welcome-subscription-failed', 'crm-subscription-undelivered-user-events'];
    tell('What she missed waits in two DLQs, and both are mended. Bring it back:');
    for (const queue of queues) {
      tell(
        `  npm run redrive -- user-signup-${queue} --to user-signup-redelivery --endpoint ${system.endpoint}`,
      );
    }
  },

  async check(system, steps, options) {
    await new SignUpCheck(system, steps, options).run();
  },
};

/** What comes of sign-ups, told in steps that must hold. */
class SignUpCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: SignUpDesk;
  readonly #people: readonly Person[];
  readonly #ids = new Map<string, string>();

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new SignUpDesk(system);
    this.#people = people(Math.min(Math.max(volume, 4), 40));
  }

  async run(): Promise<void> {
    await this.#confirms();
    await this.#hasThreeEffects();
    await this.#hasNoneTwice();
    await this.#refusesForgeries();
    await this.#setsFailuresAside();
    await this.#redelivers();
    await this.#leavesNothing();
  }

  async #confirms(): Promise<void> {
    await this.#steps.step('the CRM is asked whether it wants the events, and confirms', async () => {
      await subscribed(this.#desk);
      return undefined;
    });
  }

  async #hasThreeEffects(): Promise<void> {
    const { step } = this.#steps;
    const count = this.#people.length;
    await step(`${count} people sign up`, async () => {
      await Promise.all(
        this.#people.map(async person => {
          const { status, userId } = await this.#desk.post(person);
          expectEqual(`answer to ${person.email}`, status, 202);
          this.#ids.set(person.email, userId);
        }),
      );
      return `${this.#people[0]?.name} among them`;
    });
    await step('each is welcomed, logged, and known to the CRM', async () => {
      for (const outcome of ['welcomed', 'logged', 'contact_added']) {
        await until(async () => unequal(outcome, this.#desk.usersWith(outcome).length, count));
      }
      for (const { email, name, plan } of this.#people) {
        const userId = this.#idOf(email);
        expectEqual('event', (await this.#desk.loggedEvent(userId)).email, email);
        const contact = await this.#desk.contact(userId);
        expectEqual('contact', `${contact?.name}, ${contact?.plan}`, `${name}, ${plan}`);
      }
      const addresses = this.#people.map(({ email }) => email).sort();
      expectEqual('mails', [...this.#desk.mailedAddresses()].sort().join(), addresses.join());
      return this.#system.outbox[0]?.subject;
    });
  }

  async #hasNoneTwice(): Promise<void> {
    const [first] = this.#people as readonly [Person];
    await this.#steps.step('the same person again is the same user, and nobody is told', async () => {
      const again = await this.#desk.post({ ...first, email: first.email.toUpperCase() });
      expectEqual('answer', `${again.status} ${again.userId}`, `202 ${this.#idOf(first.email)}`);
      const other = await this.#desk.post({ ...first, name: 'Somebody Else' });
      expectEqual('answer to another with that address', other.status, 409);
      return undefined;
    });
    await this.#steps.step('an event that is published twice has no second effect', async () => {
      const userId = this.#idOf(first.email);
      await this.#desk.publishAgain(userId);
      for (const outcome of ['already_welcomed', 'already_logged', 'already_a_contact']) {
        await this.#untilUserIs(outcome, userId);
      }
      return undefined;
    });
  }

  async #refusesForgeries(): Promise<void> {
    await this.#steps.step('what SNS did not sign, the CRM refuses', async () => {
      const event = await this.#desk.loggedEvent(this.#idOf(this.#people[0]?.email ?? ''));
      const user_id = 'f0f0f0f0-0000-4000-8000-000000000000';
      const forged = {
        Type: 'Notification',
        MessageId: 'forged',
        TopicArn: this.#system.output('UserEventsTopicArn'),
        Message: JSON.stringify({ ...event, user_id, name: 'Mallory' }),
        Timestamp: new Date().toISOString(),
        SignatureVersion: '2',
        Signature: Buffer.from('made up').toString('base64'),
        SigningCertURL: 'https://sns.us-east-1.amazonaws.com.example.com/SimpleNotificationService-0.pem',
      };
      expectEqual('answer', await this.#desk.postToCrm(forged), 403);
      expectEqual('contact', await this.#desk.contact(user_id), undefined);
      return undefined;
    });
  }

  async #setsFailuresAside(): Promise<void> {
    const { step } = this.#steps;
    await step('while mail and CRM are down, a sign-up is logged all the same', async () => {
      await breakDown(this.#system, welcome, crm);
      this.#ids.set(unlucky.email, (await this.#desk.post(unlucky)).userId);
      const userId = this.#idOf(unlucky.email);
      await this.#untilUserIs('logged', userId);
      return unlucky.name;
    });
    await step('the welcome fails three times, and waits with the reason', async () => {
      await this.#untilWaiting('WelcomeFailedUrl');
      const record = (await this.#desk.messageIn('WelcomeFailedUrl')) as unknown as InvocationRecord;
      const { condition, approximateInvokeCount } = record.requestContext;
      expectEqual('condition', `${condition} ${approximateInvokeCount}`, 'RetriesExhausted 3');
      this.#expectUnlucky(record.requestPayload.Records[0]?.Sns.Message);
      return record.responsePayload.errorMessage.slice(0, 60);
    });
    await step('the CRM is tried eleven times, then the event waits in its DLQ', async () => {
      await this.#untilWaiting('CrmUndeliveredUrl');
      this.#expectUnlucky((await this.#desk.messageIn('CrmUndeliveredUrl')).Message);
      const tries = this.#system.log.filter(({ fields }) => fields.outcome === 'internal_error').length;
      expectEqual('tries', tries, 11);
      return undefined;
    });
    await step('the alarms of both go off', async () => this.#untilAlarms('ALARM'));
  }

  async #redelivers(): Promise<void> {
    const { step } = this.#steps;
    await step('mended and redriven, she is welcomed and known to the CRM, once', async () => {
      await mend(this.#system, welcome, crm);
      const to = this.#system.output('RedeliveryQueueUrl');
      const moved = await Promise.all(
        ['WelcomeFailedUrl', 'CrmUndeliveredUrl'].map(output =>
          redriveTo(this.#system, this.#system.output(output), to),
        ),
      );
      expectEqual('moved', moved.join(), '1,1');
      const userId = this.#idOf(unlucky.email);
      // Each redelivery tells all three, of whom most have had it.
      const told = ['welcomed', 'already_welcomed', 'contact_added', 'already_a_contact', 'already_logged'];
      for (const outcome of told) await this.#untilUserIs(outcome, userId);
      return undefined;
    });
    await step('the alarms are over', async () => this.#untilAlarms('OK'));
  }

  async #leavesNothing(): Promise<void> {
    await this.#steps.step('nothing was done twice, and nothing is left in a queue', async () => {
      const queues = ['EventLogQueueUrl', 'EventLogDlqUrl', 'RedeliveryQueueUrl', 'RedeliveryDlqUrl'];
      for (const output of [...queues, 'WelcomeFailedUrl', 'WelcomeUndeliveredUrl', 'CrmUndeliveredUrl']) {
        const url = this.#system.output(output);
        await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 0));
      }
      for (const outcome of ['signed_up', 'welcomed', 'logged', 'contact_added']) {
        const users = this.#desk.usersWith(outcome);
        expectEqual(`${outcome} twice`, repeated(users).join(), '');
        expectEqual(outcome, users.length, this.#ids.size);
      }
      expectEqual('mails twice', repeated(this.#desk.mailedAddresses()).join(), '');
      return `${this.#ids.size} users`;
    });
  }

  async #untilWaiting(output: string): Promise<void> {
    const url = this.#system.output(output);
    await until(async () => unequal(`messages in ${url}`, await messagesIn(this.#system.sqs, url), 1));
  }

  async #untilUserIs(outcome: string, userId: string): Promise<void> {
    await until(async () =>
      this.#desk.usersWith(outcome).includes(userId) ? undefined : `user ${userId} is not ${outcome}`,
    );
  }

  async #untilAlarms(state: string): Promise<undefined> {
    for (const alarm of [failedAlarm, undeliveredAlarm]) {
      await until(async () => unequal(alarm, this.#system.alarmState(alarm), state));
    }
  }

  #expectUnlucky(message: unknown): void {
    const { user_id } = JSON.parse(String(message)) as { user_id?: string };
    expectEqual('user', user_id, this.#idOf(unlucky.email));
  }

  #idOf(email: string): string {
    return this.#ids.get(email) ?? '';
  }
}

/** What an on-failure destination gets, as far as the check looks at it. */
interface InvocationRecord {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly requestPayload: { readonly Records: readonly { readonly Sns: { readonly Message: string } }[] };
  readonly responsePayload: { readonly errorMessage: string };
}

/** A function and the output with the name of its table. */
type Breakable = typeof welcome;

/** Takes the tables of functions away, so that whatever they are told of fails. */
async function breakDown(system: RunningSystem, ...functions: readonly Breakable[]): Promise<void> {
  for (const { path } of functions) system.updateEnvironment(path, { TABLE_NAME: 'taken-away' });
}

async function mend(system: RunningSystem, ...functions: readonly Breakable[]): Promise<void> {
  for (const { path, table } of functions) {
    system.updateEnvironment(path, { TABLE_NAME: system.output(table) });
  }
}

async function subscribed(desk: SignUpDesk): Promise<void> {
  await until(async () => unequal('confirmations', desk.usersWith('subscribed').length, 1));
}
