import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { formatMinorUnits, toMinorUnits } from '../../../contracts/money.ts';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { messagesIn } from '../queue-state.ts';
import type { CheckOptions, CheckSteps, RunningSystem, Scenario } from '../scenario.ts';
import { type Reply, TravelDesk, type Wish, wishes } from './travel-desk.ts';

/** Airlines each with its own ways: one that is slow now and then, and one that always takes its time. */
const airlines = [
  { name: 'aurora', simulation: { usual_ms: 60, slow_share: 0 } },
  { name: 'boreal', simulation: { usual_ms: 120, slow_share: 0 } },
  { name: 'cirrus', usual_ms: 250, simulation: { usual_ms: 100, slow_share: 0.4 } },
  { name: 'zephyr', usual_ms: 10_000, simulation: { usual_ms: 1_500, slow_share: 0 } },
];

/** With so little time, the slowest airline is late. */
const littleTimeMs = 1_000;

export const scenario: Scenario = {
  environment: {
    'travel-search/Search/Service/Service': { AIRLINES: JSON.stringify(airlines) },
    'travel-search/Web/Service/Service': { SIGN_OF_LIFE_SECONDS: '1' },
    'travel-search/Janitor/Function': { ORPHANED_AFTER_SECONDS: '5' },
  },

  async demonstrate(system, tell) {
    const desk = new TravelDesk(system);
    await serversUp(system, desk);
    for (const wish of wishes(3, 'demonstration')) {
      const { answer } = await desk.search(wish);
      const best = answer?.offers[0];
      const found = best
        ? `${best.airline} at ${formatMinorUnits(best.total_minor, best.currency)}`
        : 'nothing within the budget';
      tell(`${wish.origin} → ${wish.destination} for ${wish.budget.amount} EUR: ${found}`);
    }
    const [hurried] = wishes(1, 'demonstration-hurried') as [Wish];
    const { answer } = await desk.search({ ...hurried, within_ms: littleTimeMs });
    tell(`in one second: ${answer?.status}, without ${lateOf(answer?.airlines ?? []).join(', ')}`);
  },

  async check(system, steps, options) {
    await new TravelCheck(system, steps, options).run();
  },
};

/** Each server takes searches when it has a reply queue. */
async function serversUp(system: RunningSystem, desk: TravelDesk): Promise<readonly string[]> {
  const servers = system.workersOf(system.output('WebServiceName')).length;
  await until(async () => {
    const { status } = await desk.search({});
    return unequal('status of what is no search', status, 400);
  });
  await until(async () => unequal('reply queues', (await desk.replyQueues()).length, servers));
  return desk.replyQueues();
}

function lateOf(reports: readonly { airline: string; status: string }[]): string[] {
  return reports.filter(({ status }) => status === 'late').map(({ airline }) => airline);
}

/** What becomes of searches, told in steps that must hold. */
class TravelCheck {
  readonly #system: RunningSystem;
  readonly #steps: CheckSteps;
  readonly #desk: TravelDesk;
  readonly #wishes: readonly Wish[];
  #replies: readonly Reply[] = [];

  constructor(system: RunningSystem, steps: CheckSteps, { volume }: CheckOptions) {
    this.#system = system;
    this.#steps = steps;
    this.#desk = new TravelDesk(system);
    this.#wishes = wishes(volume);
  }

  async run(): Promise<void> {
    await this.#findsOffers();
    await this.#staysWithinBudgets();
    await this.#refusesWhatIsNone();
    await this.#survivesAWorker();
    await this.#survivesAServer();
    await this.#leavesNothing();
  }

  async #findsOffers(): Promise<void> {
    const { step } = this.#steps;
    await step('two servers are up, each with a reply queue of its own', async () => {
      const queues = await serversUp(this.#system, this.#desk);
      expectEqual('reply queues', new Set(queues).size, 2);
      return undefined;
    });
    await step(
      `${this.#wishes.length} searches are answered by all airlines, each with its own`,
      async () => {
        this.#replies = await this.#desk.searchAll(this.#wishes);
        for (const [index, { status, answer }] of this.#replies.entries()) {
          expectEqual('status', status, 200);
          expectEqual('search', answer?.search_id, this.#wishes[index]?.search_id);
          expectEqual('answer', answer?.status, 'complete');
        }
        const times = this.#replies.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
        return `${Math.round(times[Math.floor(times.length / 2)] ?? 0)} ms in the middle, the slowest airline 1,100 to 1,900`;
      },
    );
    await step('airlines that were slower than usual were asked a second time, and answered', async () => {
      const second = this.#replies.flatMap(({ answer }) =>
        (answer?.airlines ?? []).filter(({ tries }) => tries === 2),
      );
      if (second.length === 0) throw new Error('no airline got a second try');
      expectEqual('without an answer', second.filter(({ status }) => status !== 'answered').length, 0);
      return `${second.length} times`;
    });
    await step('the same search again is answered alike, at once, and no airline is asked', async () => {
      // A worker tells of a search after it has replied.
      const count = this.#wishes.length;
      await until(async () => unequal('searches made', this.#searched(), count));
      const again = await this.#desk.search(this.#wishes[0] as Wish);
      expectEqual('repeated', again.repeated, true);
      expectEqual('answer', JSON.stringify(again.answer), JSON.stringify(this.#replies[0]?.answer));
      expectEqual('searches made', this.#searched(), count);
      return `${Math.round(again.tookMs)} ms`;
    });
  }

  async #staysWithinBudgets(): Promise<void> {
    const { step } = this.#steps;
    await step('offers cost no more than was asked for, the cheapest first', async () => {
      for (const [index, { answer }] of this.#replies.entries()) {
        const { amount = '' } = this.#wishes[index]?.budget ?? {};
        const totals = answer?.offers.map(({ total_minor }) => total_minor) ?? [];
        if (totals.some(total => total > (toMinorUnits(amount, 'EUR') ?? 0)))
          throw new Error(`an offer for ${this.#wishes[index]?.search_id} costs more than ${amount} EUR`);
        expectEqual('order', totals.join(), totals.toSorted((a, b) => a - b).join());
      }
      return `${this.#replies.flatMap(({ answer }) => answer?.offers ?? []).length} offers`;
    });
    await step('a search with little time gets what there is by then', async () => {
      const [wish] = wishes(1, 'hurried') as [Wish];
      const { status, answer, tookMs } = await this.#desk.search({ ...wish, within_ms: littleTimeMs });
      expectEqual('status', status, 200);
      expectEqual('answer', answer?.status, 'partial');
      expectEqual('late', lateOf(answer?.airlines ?? []).join(), 'zephyr');
      return `${Math.round(tookMs)} ms of ${littleTimeMs}, without zephyr`;
    });
    await step('a search with little money gets no offers, and is complete', async () => {
      const [wish] = wishes(1, 'thrifty') as [Wish];
      const { answer } = await this.#desk.search({ ...wish, budget: { amount: '1', currency: 'EUR' } });
      expectEqual('answer', `${answer?.status}, ${answer?.offers.length} offers`, 'complete, 0 offers');
      return undefined;
    });
  }

  async #refusesWhatIsNone(): Promise<void> {
    await this.#steps.step('what is no search is answered 400', async () => {
      const { status, error } = await this.#desk.search({ ...this.#wishes[0], destination: 'nowhere' });
      expectEqual('answer', `${status} ${error}`, '400 invalid_search');
      return undefined;
    });
  }

  async #survivesAWorker(): Promise<void> {
    const { step } = this.#steps;
    const [wish] = wishes(1, 'unlucky') as [Wish];
    await step('a worker is killed in the middle of a search: no offers in time, 504', async () => {
      const hurried = this.#desk.search({ ...wish, within_ms: littleTimeMs });
      await this.#inFlight(1);
      const fleet = this.#system.output('SearchServiceName');
      for (const pid of this.#system.workersOf(fleet)) await this.#system.killWorker(fleet, pid);
      const { status, error } = await hurried;
      expectEqual('answer', `${status} ${error}`, '504 search_timed_out');
      return undefined;
    });
    await step('another worker makes the search; its late reply is dropped and counted', async () => {
      await until(async () => unequal('late replies', this.#logged('late_reply'), 1));
      return undefined;
    });
    await step('whoever asks again gets the offers', async () => {
      const { status, repeated } = await this.#desk.search(wish);
      expectEqual('answer', `${status}, found before: ${repeated}`, '200, found before: true');
      return undefined;
    });
  }

  async #survivesAServer(): Promise<void> {
    const { step } = this.#steps;
    const web = this.#system.output('WebServiceName');
    const pair = wishes(2, 'orphaned');
    let before: readonly string[] = [];
    let lost: Wish | undefined;
    await step(
      'a server is killed in the middle of a query: its client hears of it, the other does not',
      async () => {
        before = await this.#desk.replyQueues();
        const replies = Promise.all(pair.map(wish => this.#desk.search(wish)));
        await this.#inFlight(2);
        const [pid = 0] = this.#system.workersOf(web);
        await this.#system.killWorker(web, pid);
        const statuses = (await replies).map(({ status }) => status);
        expectEqual('statuses', statuses.toSorted().join(), '200,502');
        lost = pair[statuses.indexOf(502)];
        return undefined;
      },
    );
    await step('its query survives: it is worked on, though nobody takes the reply', async () => {
      await until(async () => unequal('times that airlines were asked', this.#madeOf(lost), 1));
      return undefined;
    });
    await step('whoever asks again, at the server that is left, gets the offers', async () => {
      const { status, answer, repeated } = await this.#desk.search(lost as Wish);
      expectEqual(
        'answer',
        `${status} ${answer?.status}, found before: ${repeated}`,
        '200 complete, found before: true',
      );
      expectEqual('times that airlines were asked', this.#madeOf(lost), 1);
      return undefined;
    });
    await step('its successor makes a reply queue of its own', async () => {
      await until(async () => unequal('reply queues', (await this.#desk.replyQueues()).length, 3));
      return 'three, one of them an orphan';
    });
    await step('the janitor deletes the orphan, and no other', async () => {
      await until(async () => unequal('orphans deleted', this.#logged('orphan_deleted'), 1), {
        timeoutInMilliseconds: 45_000,
      });
      const left = await this.#desk.replyQueues();
      expectEqual('reply queues', left.length, 2);
      expectEqual('of those before', before.filter(url => left.includes(url)).length, 1);
      return undefined;
    });
  }

  async #leavesNothing(): Promise<void> {
    await this.#steps.step('no reply went astray, and nothing is left in the queues', async () => {
      expectEqual('unknown replies', this.#logged('unknown_reply'), 0);
      expectEqual('unreadable replies', this.#logged('unreadable_reply'), 0);
      for (const output of ['RequestsQueueUrl', 'RequestsDlqUrl']) {
        await until(async () =>
          unequal(output, await messagesIn(this.#system.sqs, this.#system.output(output)), 0),
        );
      }
      return undefined;
    });
  }

  /** Waits until so many searches are in the hands of workers. */
  async #inFlight(count: number): Promise<void> {
    const QueueUrl = this.#system.output('RequestsQueueUrl');
    await until(
      async () => {
        const { Attributes: attributes } = await this.#system.sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl,
            AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
          }),
        );
        return unequal('in flight', Number(attributes?.ApproximateNumberOfMessagesNotVisible), count);
      },
      { intervalInMilliseconds: 10 },
    );
  }

  #logged(outcome: string): number {
    return this.#system.log.filter(({ fields }) => fields.outcome === outcome).length;
  }

  /** How often airlines were asked. */
  #searched(): number {
    return this.#system.log.filter(({ fields }) => fields.second_tries !== undefined).length;
  }

  /** The same, for one search. */
  #madeOf(wish: Wish | undefined): number {
    return this.#system.log.filter(
      ({ fields }) => fields.second_tries !== undefined && fields.search_id === wish?.search_id,
    ).length;
  }
}
