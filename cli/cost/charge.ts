/**
 * When something is paid for: `standing` whether there is traffic or not, `active` by the month once there is any,
 * `traffic` by what there is of it.
 */
export type ChargeKind = 'standing' | 'active' | 'traffic';

/** What a resource is charged for in a month. */
export interface Charge {
  /** Id in the price table. */
  readonly price: string;
  readonly quantity: number;
  readonly kind: ChargeKind;
}

export function standing(price: string, quantity: number): Charge {
  return { price, quantity, kind: 'standing' };
}

export function traffic(price: string, quantity: number): Charge {
  return { price, quantity, kind: 'traffic' };
}
