import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import { validateProps, within } from './validation.ts';

export interface MonthlyBudgetProps {
  /** The cost-allocation tag by which costs are counted. */
  readonly costTag: { readonly key: string; readonly value: string };

  /** What may be spent in a calendar month, in US dollars: whole ones, 1 or more. */
  readonly amountInUsd: number;

  /** Topic that is told; whoever hears of alarms hears of this. */
  readonly alarmTopic: AlarmTopic;
}

type NotificationType = 'ACTUAL' | 'FORECASTED';

/** Shares of the amount, in percent, at which somebody is told. */
const alerts: readonly (readonly [NotificationType, number])[] = [
  ['ACTUAL', 80],
  ['ACTUAL', 100],
  ['FORECASTED', 100],
];

/**
 * Budget of whatever carries a tag: the topic hears when 80 and 100 percent of a month's amount are spent, and
 * when all of it is going to be, by AWS's forecast. It stops nothing.
 *
 * Costs count from when the payer's account activated the tag for cost allocation: until then the budget stays
 * at zero, and says so to nobody. They are known some hours late, and reckoned up to three times a day.
 *
 * @throws PropsError when a prop is out of the range that AWS Budgets allows.
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, props: MonthlyBudgetProps) {
    const { costTag, amountInUsd, alarmTopic } = props;
    validateProps(scope, id, [
      {
        prop: 'amountInUsd',
        value: amountInUsd,
        holds: Number.isInteger(amountInUsd) && within(amountInUsd, 1, Number.MAX_SAFE_INTEGER),
        allowed: 'whole US dollars, 1 or more',
        remedy: 'Take what a month cost so far, and what more would be a surprise.',
      },
    ]);
    super(scope, id);
    const admission = alarmTopic.admitBudgets();
    const budget = new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: amountInUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${costTag.key}$${costTag.value}`] },
        // What is used, whoever pays for it: credits and refunds would hide that more is.
        costTypes: { includeCredit: false, includeRefund: false },
      },
      notificationsWithSubscribers: alerts.map(([notificationType, threshold]) => ({
        notification: {
          notificationType,
          comparisonOperator: 'GREATER_THAN',
          threshold,
          thresholdType: 'PERCENTAGE',
        },
        subscribers: [{ subscriptionType: 'SNS', address: alarmTopic.topic.topicArn }],
      })),
    });
    // A budget that is exceeded already tells so as soon as it is there.
    budget.node.addDependency(admission);
  }
}
