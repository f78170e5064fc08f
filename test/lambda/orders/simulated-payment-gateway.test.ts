import { SimulatedPaymentGateway } from '../../../lambda/orders/simulated-payment-gateway.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';

const request = (order_id: string) => ({ order_id, amount_minor: 15_000, currency: 'USD' }) as const;

describe('SimulatedPaymentGateway', () => {
  it('takes every charge, and answers the same again', async () => {
    const gateway = new SimulatedPaymentGateway();

    const answers = [await gateway.charge(request('1001')), await gateway.charge(request('1001'))];

    expect(answers[0]).toEqual({ status: 'charged', charge_id: 'simulated-charge-1001' });
    expect(answers[1]).toEqual(answers[0]);
  });

  it('gives back what was charged', async () => {
    await expect(new SimulatedPaymentGateway().refund(request('1001'))).resolves.toMatchObject({
      status: 'refunded',
      refunded_minor: 15_000,
    });
  });

  it('declines the orders that it is told to decline, and no others', async () => {
    const gateway = new SimulatedPaymentGateway([], ['1003']);

    await expect(gateway.charge(request('1003'))).resolves.toMatchObject({ status: 'declined' });
    await expect(gateway.charge(request('1001'))).resolves.toMatchObject({ status: 'charged' });
  });

  it('is down for the orders that it is told to fail, and for no others', async () => {
    const gateway = new SimulatedPaymentGateway(['1002']);

    await expect(gateway.charge(request('1002'))).rejects.toThrow(DependencyDownError);
    await expect(gateway.charge(request('1002'))).rejects.toThrow(/SIMULATED_GATEWAY_FAILS/);
    await expect(gateway.charge(request('1001'))).resolves.toMatchObject({ status: 'charged' });
  });

  it('gives back nothing where it took nothing', async () => {
    await expect(new SimulatedPaymentGateway(['1002']).refund(request('1002'))).resolves.toMatchObject({
      refunded_minor: 0,
    });
  });
});
