import { HttpPaymentGateway } from '../orders/http-payment-gateway.ts';
import type { PaymentGateway } from '../orders/payment-gateway.ts';
import { SimulatedPaymentGateway } from '../orders/simulated-payment-gateway.ts';

export interface GatewayEnvironment {
  readonly PAYMENT_GATEWAY_URL?: string | undefined;
  readonly SIMULATED_GATEWAY_FAILS: string;
  readonly SIMULATED_GATEWAY_DECLINES: string;
}

/** The gateway that the environment names, or the simulated one. */
export function gatewayOf(environment: GatewayEnvironment): PaymentGateway {
  const { PAYMENT_GATEWAY_URL: baseUrl } = environment;
  if (baseUrl !== undefined) return new HttpPaymentGateway({ baseUrl });
  const { SIMULATED_GATEWAY_FAILS: failing, SIMULATED_GATEWAY_DECLINES: declined } = environment;
  return new SimulatedPaymentGateway(idsIn(failing), idsIn(declined));
}

function idsIn(list: string): string[] {
  return list.split(',').map(id => id.trim());
}
