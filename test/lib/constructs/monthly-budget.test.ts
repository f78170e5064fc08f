import { AlarmTopic } from '../../../lib/constructs/alarm-topic.ts';
import { MonthlyBudget, type MonthlyBudgetProps } from '../../../lib/constructs/monthly-budget.ts';
import { onlyResource, resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function makeBudget(props: Partial<MonthlyBudgetProps> = {}) {
  const stack = testStack();
  const alarmTopic = new AlarmTopic(stack, 'Alarms');
  new MonthlyBudget(stack, 'Budget', {
    costTag: { key: 'stage', value: 'dev' },
    amountInUsd: 200,
    alarmTopic,
    ...props,
  });
  return { stack, alarmTopic, budget: onlyResource(stack, 'AWS::Budgets::Budget') };
}

describe('MonthlyBudget', () => {
  it('counts what carries the tag, by the calendar month, before credits and refunds', () => {
    expect(makeBudget().budget.Properties.Budget).toEqual({
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 200, Unit: 'USD' },
      CostFilters: { TagKeyValue: ['user:stage$dev'] },
      CostTypes: { IncludeCredit: false, IncludeRefund: false },
    });
  });

  it('tells the topic at 80 and 100 percent, and when 100 are forecast', () => {
    const { stack, alarmTopic, budget } = makeBudget();
    const subscriber = { SubscriptionType: 'SNS', Address: stack.resolve(alarmTopic.topic.topicArn) };
    const notification = { ComparisonOperator: 'GREATER_THAN', ThresholdType: 'PERCENTAGE' };
    expect(budget.Properties.NotificationsWithSubscribers).toEqual([
      {
        Notification: { ...notification, NotificationType: 'ACTUAL', Threshold: 80 },
        Subscribers: [subscriber],
      },
      {
        Notification: { ...notification, NotificationType: 'ACTUAL', Threshold: 100 },
        Subscribers: [subscriber],
      },
      {
        Notification: { ...notification, NotificationType: 'FORECASTED', Threshold: 100 },
        Subscribers: [subscriber],
      },
    ]);
  });

  it('is made once the topic lets budgets in', () => {
    const { stack, budget } = makeBudget();
    const [[policyId] = []] = resourcesOfType(templateOf(stack), 'AWS::SNS::TopicPolicy');
    expect([budget.DependsOn].flat()).toContain(policyId);
  });

  it('has a name that nobody chose, so that it can be replaced', () => {
    expect(makeBudget().budget.Properties.Budget).not.toHaveProperty('BudgetName');
  });

  it.each([0, -1, 1.5])('fails when the amount is %d', amountInUsd => {
    expect(() => makeBudget({ amountInUsd })).toThrow(
      `orders/Budget: amountInUsd is ${amountInUsd}; allowed: whole US dollars, 1 or more.`,
    );
  });
});

describe('AlarmTopic.admitBudgets', () => {
  const { stack } = makeBudget();
  const ofBudgets = (type: string, document: string) => {
    const { Statement } = onlyResource(stack, type).Properties[document] as {
      Statement: { Action: unknown; Principal: { Service?: string }; Condition: unknown }[];
    };
    return Statement.filter(({ Principal }) => Principal.Service === 'budgets.amazonaws.com');
  };
  const budgetsOfTheAccount = {
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':budgets::', { Ref: 'AWS::AccountId' }, ':*']],
      },
    },
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  };

  it('lets budgets of the account publish, and use the key', () => {
    expect(ofBudgets('AWS::SNS::TopicPolicy', 'PolicyDocument')).toMatchObject([
      { Action: 'sns:Publish', Condition: budgetsOfTheAccount },
    ]);
    expect(ofBudgets('AWS::KMS::Key', 'KeyPolicy')).toMatchObject([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Condition: budgetsOfTheAccount },
    ]);
  });

  it('is for topics that are asked: others let no budget in', () => {
    const other = testStack();
    new AlarmTopic(other, 'Alarms');
    expect(JSON.stringify(templateOf(other))).not.toContain('budgets');
  });
});
