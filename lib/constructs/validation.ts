import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Thrown by a construct whose props cannot be, before it makes anything. */
export class PropsError extends Error {
  override readonly name = 'PropsError';
}

/** One thing that must hold of a construct's props. */
export interface Rule {
  readonly prop: string;
  readonly value: unknown;
  readonly holds: boolean;
  /** What is allowed, as it follows "allowed:". */
  readonly allowed: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

/**
 * Checks every rule and reports all that are broken.
 *
 * @throws PropsError naming construct, prop, value, what is allowed and what to do.
 */
export function validateProps(scope: Construct, id: string, rules: readonly Rule[]): void {
  const broken = rules.filter(rule => !rule.holds);
  if (broken.length === 0) return;
  const path = [scope.node.path, id].filter(Boolean).join('/');
  const faults = broken.map(
    rule => `${rule.prop} is ${String(rule.value)}; allowed: ${rule.allowed}. ${rule.remedy}`,
  );
  throw new PropsError(`${path}: ${faults.join(' ')}`);
}

/** Whether a number is in a range; a value that only the deployment knows passes. */
export function within(value: number | undefined, smallest: number, largest: number): boolean {
  return value === undefined || Token.isUnresolved(value) || (value >= smallest && value <= largest);
}
