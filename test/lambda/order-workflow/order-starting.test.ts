import type { OrderPlaced } from '../../../contracts/orders.ts';
import { orderStarting } from '../../../lambda/order-workflow/order-starting.ts';
import type { OrderWorkflows } from '../../../lambda/order-workflow/order-workflows.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { postRequest } from '../../support/http-requests.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { encryptedCardToken } from '../../support/order-events.ts';

const posted = {
  order_id: '12345',
  customer: 'John Doe',
  total: 99.99,
  items: [{ sku: 'TEAPOT', quantity: 2 }],
};

class InMemoryWorkflows implements OrderWorkflows {
  readonly started = new Map<string, OrderPlaced>();
  before: () => unknown = () => undefined;

  async start(order: OrderPlaced): Promise<OrderPlaced | undefined> {
    await this.before();
    const running = this.started.get(order.order_id);
    if (running === undefined) this.started.set(order.order_id, order);
    return running;
  }
}

describe('orderStarting', () => {
  let workflows: InMemoryWorkflows;
  let encrypted: string[];
  let post: (
    content: unknown,
  ) => Promise<{ readonly status: number; readonly content: Record<string, unknown> }>;

  beforeEach(() => {
    workflows = new InMemoryWorkflows();
    encrypted = [];
    const ignore = () => undefined;
    const handler = orderStarting({
      workflows,
      cardTokens: {
        encrypt: async token => {
          encrypted.push(token.reveal());
          return encryptedCardToken;
        },
      },
      logger: { addContext: ignore, info: ignore, warn: ignore, error: ignore },
      now: () => new Date('2026-01-02T03:04:05.678Z'),
    });
    post = async content => {
      const { statusCode = 0, body = '' } = await handler(postRequest(content), lambdaContext());
      return { status: statusCode, content: JSON.parse(body) as Record<string, unknown> };
    };
  });

  it('starts a workflow with the order', async () => {
    await expect(post(posted)).resolves.toEqual({ status: 202, content: { order_id: '12345' } });

    expect(workflows.started.get('12345')).toMatchObject({
      event_type: 'order_placed',
      order_id: '12345',
      total_minor: 9_999,
      placed_at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('gives it no card token but an encrypted one', async () => {
    await post({ ...posted, card_token: 'card_7hQ2mZ0xVt' });

    expect(encrypted).toEqual(['card_7hQ2mZ0xVt']);
    expect(workflows.started.get('12345')?.card_token).toEqual(encryptedCardToken);
  });

  it('accepts the same order again, and starts it once', async () => {
    await post(posted);

    await expect(post(posted)).resolves.toMatchObject({ status: 202 });
    expect(workflows.started.size).toBe(1);
  });

  it('refuses another order under its id', async () => {
    await post(posted);

    await expect(post({ ...posted, total: 1 })).resolves.toMatchObject({
      status: 409,
      content: { error: 'id_taken' },
    });
  });

  it('names every fault of what is no order, and starts nothing', async () => {
    await expect(post({ order_id: 'no spaces', total: -1 })).resolves.toMatchObject({ status: 400 });
    expect(workflows.started.size).toBe(0);
  });

  it('has the client come again when Step Functions is down', async () => {
    workflows.before = () => {
      throw new DependencyDownError('down');
    };

    await expect(post(posted)).resolves.toMatchObject({ status: 503 });
  });
});
