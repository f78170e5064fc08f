import type { DeployedResource } from './app/deployed-stack.ts';

/**
 * What can be wrong with a delivery. `blocked`: it would be refused, or lost. `open`: somebody else's would
 * pass. `plaintext`: it would pass without TLS. `unseen`: this cannot be told from the templates.
 */
export type FindingKind = 'blocked' | 'open' | 'plaintext' | 'unseen';

export interface DeliveryFinding {
  readonly kind: FindingKind;
  /** Both ends: `orders/Topic → orders/Queue`. */
  readonly edge: string;
  /** The resource that has to change. */
  readonly at: DeployedResource;
  /** What is wrong, as a sentence. */
  readonly problem: string;
  /** The statement or setting that is missing, or that is one too many. */
  readonly statement: string;
  /** What to do, as a sentence. */
  readonly fix: string;
}

/** A way that messages take from one resource to another. */
export interface Edge {
  /** How it delivers: `SNS subscription`, `DLQ of a subscription`. */
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  /** The resource that says that there is a delivery. */
  readonly by: DeployedResource;
  /** What another owner has to see to, of which nothing is in the app, as a sentence without its end. */
  readonly assumes?: string;
  findings(): readonly DeliveryFinding[];
}

export function nameOf({ from, to }: Pick<Edge, 'from' | 'to'>): string {
  return `${from} → ${to}`;
}

type Ends = Pick<Edge, 'kind' | 'from' | 'to' | 'by'>;

/** A delivery that the templates do not say enough of, so that it is never taken for sound. */
export function unseenEdge(ends: Ends, reason: string, fix: string): Edge {
  return {
    ...ends,
    findings: () => [
      {
        kind: 'unseen',
        edge: nameOf(ends),
        at: ends.by,
        problem: `Whether this delivery passes cannot be seen: ${reason}.`,
        statement: 'whatever the owner of the other end has allowed',
        fix,
      },
    ],
  };
}

/** A delivery that no policy of the app has a say in, since it leaves AWS. */
export function edgeToOutside(ends: Ends, findings: readonly DeliveryFinding[] = []): Edge {
  return { ...ends, findings: () => findings };
}

/** A step that another account decides on, and that fails aloud when it is deployed, if not as assumed. */
export function assumedEdge(ends: Ends, assumes: string): Edge {
  return { ...ends, assumes, findings: () => [] };
}
