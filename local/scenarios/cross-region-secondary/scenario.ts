import { undeliveredInSecondaryName } from '../../../contracts/cross-region.ts';
import { priceEvents } from '../../../contracts/prices.ts';
import { until } from '../condition.ts';
import { expectEqual, unequal } from '../expectations.ts';
import { publish } from '../published-event.ts';
import { messagesIn, redrive } from '../queue-state.ts';
import type { CheckSteps, RunningSystem, Scenario } from '../scenario.ts';

const regions = ['primary', 'secondary'] as const;
type Region = (typeof regions)[number];

const consumer = 'cross-region-secondary/PriceBoard/Function';

export const scenario: Scenario = {
  async demonstrate(system, tell) {
    const desk = new PriceDesk(system);
    await desk.publish('book', 1_299, 1);
    for (const region of regions) {
      await until(() => desk.lacks(region, 'book', ['price_shown']));
      tell(`The price of the book is shown in the ${region} region`);
    }
  },

  async check(system, { step }, { volume }) {
    await checkPrices(system, step, volume);
  },
};

async function checkPrices(system: RunningSystem, step: CheckSteps['step'], volume: number): Promise<void> {
  const desk = new PriceDesk(system);
  const products = Array.from({ length: volume }, (_, index) => `product-${index + 1}`);
  await step('a price that is published once is shown in both regions', async () => {
    await Promise.all(products.map(product => desk.publish(product, 100, 1)));
    for (const region of regions) {
      for (const product of products) await until(() => desk.lacks(region, product, ['price_shown']));
    }
    return `${products.length} products`;
  });
  await step('what comes twice, or too late, changes nothing in either', async () => {
    const [product = ''] = products;
    await desk.publish(product, 100, 1);
    await desk.untilBoth(product, ['price_shown', 'price_shown_before']);
    await desk.publish(product, 300, 3);
    await desk.untilBoth(product, ['price_shown', 'price_shown_before', 'price_shown']);
    await desk.publish(product, 200, 2);
    await desk.untilBoth(product, ['price_shown', 'price_shown_before', 'price_shown', 'price_outdated']);
    return undefined;
  });
  await step('while the function of one region is down, its queue holds, and the other goes on', async () => {
    system.updateEnvironment(consumer, { LOG_LEVEL: 'BROKEN' });
    await desk.publish('outage', 100, 1);
    await until(() => desk.lacks('primary', 'outage', ['price_shown']));
    await until(async () => unequal('messages held', await desk.held(), 1));
    expectEqual('shown there', desk.outcomes('secondary', 'outage').length, 0);
    return undefined;
  });
  await step('once it is back, it catches up, and the other region does nothing twice', async () => {
    system.updateEnvironment(consumer, { LOG_LEVEL: 'INFO' });
    await until(async () => {
      if (desk.outcomes('secondary', 'outage').includes('price_shown')) return undefined;
      if ((await messagesIn(system.sqs, system.output('ShownDlqUrl'))) > 0) {
        await redrive(system.sqs, system.output('ShownDlqUrl'));
      }
      return 'the price is not shown yet';
    });
    expectEqual('shown here', desk.outcomes('primary', 'outage').join(), 'price_shown');
    return undefined;
  });
  await step('nothing was undeliverable across regions', async () => {
    // It is of the other region's stack, and known by its name.
    const url = system.output('ShownQueueUrl').replace(/[^/]+$/, undeliveredInSecondaryName);
    expectEqual('undelivered', await messagesIn(system.sqs, url), 0);
    return undefined;
  });
}

/** Sets prices, and reads what the functions of each region did of them. */
class PriceDesk {
  readonly #system: RunningSystem;

  constructor(system: RunningSystem) {
    this.#system = system;
  }

  async publish(product_id: string, price_minor: number, revision: number): Promise<void> {
    const change = {
      event_type: 'price_changed',
      correlation_id: `${product_id}-${revision}`,
      product_id,
      price_minor,
      revision,
    } as const;
    await publish(this.#system.sns, this.#system.output('PricesTopicArn'), priceEvents.encode(change));
  }

  /** Messages of the secondary region that wait, those that failed included. */
  async held(): Promise<number> {
    const { sqs } = this.#system;
    const [queue = 0, dlq = 0] = await Promise.all(
      ['ShownQueueUrl', 'ShownDlqUrl'].map(name => messagesIn(sqs, this.#system.output(name))),
    );
    return queue + dlq;
  }

  outcomes(region: Region, productId: string): unknown[] {
    return this.#system
      .logOf(`cross-region-${region}`)
      .filter(({ fields }) => fields.product_id === productId && fields.outcome !== 'failed')
      .map(({ fields }) => fields.outcome);
  }

  /** What differs from the outcomes that a region should have had of a product, one after the other. */
  async lacks(region: Region, productId: string, outcomes: readonly string[]): Promise<string | undefined> {
    return unequal(
      `${productId} in ${region}`,
      this.outcomes(region, productId).join(', '),
      outcomes.join(', '),
    );
  }

  async untilBoth(productId: string, outcomes: readonly string[]): Promise<void> {
    for (const region of regions) await until(() => this.lacks(region, productId, outcomes));
  }
}
