import type { DeployedResource } from '../app/deployed-stack.ts';
import { type Edge, edgeToOutside } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byService, outside, sourceFrom } from './finder.ts';

interface Notification {
  readonly Subscribers?: readonly { readonly SubscriptionType?: string; readonly Address?: unknown }[];
}

/** @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html */
export function budgetEdges(budget: DeployedResource, proof: Proof): readonly Edge[] {
  const notifications = (budget.property('NotificationsWithSubscribers') ?? []) as readonly Notification[];
  const subscribers = notifications.flatMap(({ Subscribers = [] }) => Subscribers);
  const topics = new Set(
    subscribers.filter(({ SubscriptionType }) => SubscriptionType === 'SNS').map(({ Address }) => Address),
  );
  const mails = new Set(
    subscribers.filter(({ SubscriptionType }) => SubscriptionType !== 'SNS').map(({ Address }) => Address),
  );
  const kind = 'Budget';
  return [
    ...[...topics].map(topic =>
      byService(
        proof,
        {
          kind,
          by: budget,
          service: 'budgets.amazonaws.com',
          source: { ...sourceFrom(budget), name: undefined },
        },
        topic,
      ),
    ),
    ...[...mails].map(mail => edgeToOutside({ kind, by: budget, from: budget.path, to: outside(mail) })),
  ];
}
