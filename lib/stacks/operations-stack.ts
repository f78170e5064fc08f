import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmChat } from '../constructs/alarm-chat.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { AccountMonitoring } from '../constructs/monitoring/account-monitoring.ts';
import { OverviewDashboard } from '../constructs/monitoring/dashboard/overview-dashboard.ts';
import { MonthlyBudget } from '../constructs/monthly-budget.ts';
import { SystemStack, type SystemStackProps } from './system-stack.ts';

export interface OperationsStackProps extends SystemStackProps {
  /** Names of all systems, deployed or not. */
  readonly systems: readonly string[];
}

/**
 * What there is once for all systems of an account and region: the budget, the concurrency that they share, the
 * dashboard of all of them, and the chat. It refers to none of them, and none to it: alarms of each go over a topic
 * of its own to the same people.
 */
export class OperationsStack extends SystemStack {
  constructor(scope: Construct, id: string, { systems, ...props }: OperationsStackProps) {
    super(scope, id, { description: 'Budget, chat and overview of all systems', ...props });
    const { config } = this;

    // What no system can tell of: what all cost together, and what all run on
    const alarmTopic = new AlarmTopic(this, 'Alarms', this.alarmTopicSettings);
    new MonthlyBudget(this, 'Budget', {
      costTag: { key: 'stage', value: config.stage },
      amountInUsd: config.monthlyBudgetInUsd,
      alarmTopic,
    });
    const { alarms } = new AccountMonitoring(this, 'Account', { alarmTopic });

    // Whom alarms reach beside those who are mailed: one channel, for the topics of all systems
    if (config.alarmChat !== undefined) {
      const [workspaceId = '', channelId = ''] = config.alarmChat.split('/');
      new AlarmChat(this, 'Chat', {
        workspaceId,
        channelId,
        topicArns: [alarmTopic.topic.topicArn, ...config.alarmChatTopicArns],
      });
    }

    // What an operator looks at first
    if (config.dashboards === 'on') {
      const others = systems.filter(system => system !== id);
      const { url } = new OverviewDashboard(this, 'Overview', { systems: others, alarms });
      new CfnOutput(this, 'DashboardUrl', { value: url });
    }
    new CfnOutput(this, 'AlarmTopicArn', { value: alarmTopic.topic.topicArn });
  }
}
