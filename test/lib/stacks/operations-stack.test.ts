import { systemNames } from '../../../bin/systems.ts';
import { widgetsOf } from '../../support/dashboards.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { theOnly } from '../../support/stated-values.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const system = 'operations';
const dev = systemTemplate(system, 'dev');
const prod = systemTemplate(system, 'prod');
const alarmTopic = theOnly(dev, 'AWS::SNS::Topic');
const otherTopics = ['arn:aws:sns:eu-west-1:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:b'];
const chatting = systemTemplate(system, 'dev', {
  alarmChat: 'T07EA123LEP/C07EZ1ABC23',
  alarmChatTopicArns: otherTopics.join(),
});

describe('the budget', () => {
  it.each([
    ['dev', dev, 200],
    ['prod', prod, 2_000],
  ])('is for everything of %s, by the tag that every stack carries', (stage, template, Amount) => {
    expect(theOnly(template, 'AWS::Budgets::Budget').resource.Properties.Budget).toMatchObject({
      BudgetLimit: { Amount, Unit: 'USD' },
      CostFilters: { TagKeyValue: [`user:stage$${stage}`] },
    });
  });

  it('can be another', () => {
    const template = systemTemplate(system, 'dev', { monthlyBudgetInUsd: '50' });
    expect(theOnly(template, 'AWS::Budgets::Budget').resource.Properties.Budget).toMatchObject({
      BudgetLimit: { Amount: 50 },
    });
  });

  it('tells the topic of the alarms, each time', () => {
    const { NotificationsWithSubscribers } = theOnly(dev, 'AWS::Budgets::Budget').resource.Properties as {
      NotificationsWithSubscribers: { Subscribers: { Address: unknown }[] }[];
    };
    const told = NotificationsWithSubscribers.flatMap(({ Subscribers }) => Subscribers);
    expect(told.map(({ Address }) => referredId(Address))).toEqual(told.map(() => alarmTopic.id));
    expect(told).toHaveLength(3);
  });
});

describe('the chat', () => {
  it('is not there unless the stage names a channel', () => {
    expect(resourcesOfType(dev, 'AWS::Chatbot::SlackChannelConfiguration')).toEqual([]);
    expect(resourcesOfType(dev, 'AWS::IAM::Role')).toEqual([]);
  });

  it('gets what the topic of this stack is told, and those of others that are named', () => {
    expect(theOnly(chatting, 'AWS::Chatbot::SlackChannelConfiguration').resource.Properties).toMatchObject({
      SlackWorkspaceId: 'T07EA123LEP',
      SlackChannelId: 'C07EZ1ABC23',
      SnsTopicArns: [{ Ref: theOnly(chatting, 'AWS::SNS::Topic').id }, ...otherTopics],
    });
  });
});

describe('the overview', () => {
  const headings = widgetsOf(dev).flatMap(({ properties }) => properties.markdown?.split('\n')[0] ?? []);

  it('has a row for every other system', () => {
    expect(headings).toEqual(systemNames.filter(name => name !== system).map(name => `## ${name}`));
  });

  it('is left out where the stage wants no dashboards', () => {
    const without = systemTemplate(system, 'dev', { dashboards: 'off' });
    expect(resourcesOfType(without, 'AWS::CloudWatch::Dashboard')).toEqual([]);
    expect(without.Outputs).not.toHaveProperty('DashboardUrl');
  });
});

it('refers to no other stack, and gives out where its alarms go', () => {
  expect(JSON.stringify(dev)).not.toMatch(/ImportValue|GetStackOutput/);
  expect(dev.Parameters ?? {}).not.toHaveProperty('AlarmTopicArn');
  expect(dev.Outputs?.AlarmTopicArn?.Value).toEqual({ Ref: alarmTopic.id });
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });

  it('is what a chat adds', () => {
    expect(templateDifferences(dev, chatting)).toMatchSnapshot();
  });
});
