import { CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage.ts';
import type { AlarmTopic, AlarmTopicProps } from '../constructs/alarm-topic.ts';
import type { DurableQueueProps } from '../constructs/durable-queue.ts';
import type { MessageFunctionProps } from '../constructs/message-function.ts';
import type { DashboardRow } from '../constructs/monitoring/dashboard/dashboard-row.ts';
import { SystemDashboard } from '../constructs/monitoring/dashboard/system-dashboard.ts';
import { setMonitoringContext } from '../constructs/monitoring/monitoring-context.ts';
import type { QueueMonitoringProps } from '../constructs/monitoring/queue-monitoring.ts';
import type { TopicMonitoringProps } from '../constructs/monitoring/topic-monitoring.ts';
import { type RedrivenQueue, Redriver } from '../constructs/redriver.ts';
import type { StateTableProps } from '../constructs/state-table.ts';

export interface SystemStackProps extends StackProps {
  readonly config: StageConfig;
}

/** Stack of one system, which deploys by itself. Its id is the system's name. */
export abstract class SystemStack extends Stack {
  protected readonly config: StageConfig;

  /** Systems that must stand before this one, where they are in the same app. */
  readonly standsOn: readonly string[] = [];

  /** What becomes of data, keys and logs when the stack is deleted. */
  protected readonly removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, { config, ...props }: SystemStackProps) {
    const keepsData = config.dataRemoval === 'retain';
    super(scope, id, { terminationProtection: keepsData, ...props });
    this.config = config;
    setMonitoringContext(this, { docsUrl: config.docsUrl, alarms: config.alarms });
    this.#keepStage();
    this.removalPolicy = keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    Tags.of(this).add('system', id);
    for (const [name, value] of Object.entries(config.tags)) Tags.of(this).add(name, value);
  }

  /** What the stage says of queues. */
  protected get queueSettings(): Pick<DurableQueueProps, 'retentionPeriod'> {
    return { retentionPeriod: Duration.days(this.config.messageRetentionInDays) };
  }

  /** What the stage says of logs. */
  protected get logSettings(): Pick<MessageFunctionProps<never>, 'logRetention' | 'logRemovalPolicy'> {
    return { logRetention: this.config.logRetentionInDays, logRemovalPolicy: this.removalPolicy };
  }

  /** What the stage says of tables. */
  protected get tableSettings(): StateTableProps {
    return { encryption: this.config.tableEncryption, removalPolicy: this.removalPolicy };
  }

  /** What moves messages of DLQs back to their queues, if the stage wants it. */
  protected redriverOf(queues: readonly RedrivenQueue[], metricsNamespace: string): Redriver | undefined {
    const { redrive: mode, logLevel } = this.config;
    if (mode === 'off') return undefined;
    return new Redriver(this, 'Redriver', {
      queues,
      mode,
      logLevel,
      metricsNamespace,
      table: this.tableSettings,
      ...this.logSettings,
    });
  }

  /** Address that mails come from. */
  protected mailFrom(): string {
    const { mailFrom, mailFromParameter } = this.config;
    return mailFromParameter === undefined ? mailFrom : this.parameterValue(mailFromParameter);
  }

  /** Read from Systems Manager when the stack is deployed, so that each account has its own. */
  protected paymentGatewayUrl(): string | undefined {
    const name = this.config.paymentGatewayUrlParameter;
    return name && this.parameterValue(name);
  }

  /**
   * What Systems Manager holds under a name when the stack is deployed. Another name is another parameter of the
   * template: a deployment keeps the values of those that were there before, and with them the name.
   */
  protected parameterValue(name: string): string {
    return StringParameter.valueForStringParameter(this, name);
  }

  /**
   * Refuses to be deployed over a stack of another stage. A deployment gives each parameter the value that it had,
   * and CloudFormation compares it with what is allowed now before it changes anything.
   */
  #keepStage(): void {
    const { stage } = this.config;
    const kept = new CfnParameter(this, 'Stage', {
      description: 'The stage of this stack, from its first deployment on',
      default: stage,
      allowedValues: [stage],
      constraintDescription:
        `this stack is of another stage than ${stage}, for which it was about to be deployed. ` +
        'Name its own: -c stage=<stage>. Another stage goes to another account or region.',
    });
    new CfnOutput(this, 'DeployedStage', { value: kept.valueAsString });
  }

  /** Shows a message's way on the system's dashboard, if the stage wants one. Alarms are made before. */
  protected showOnDashboard(alarmTopic: AlarmTopic, rows: readonly DashboardRow[]): void {
    const { dashboards, docsUrl } = this.config;
    if (dashboards === 'off') return;
    const { url } = new SystemDashboard(this, 'Dashboard', {
      system: this.node.id,
      description: this.templateOptions.description ?? '',
      rows,
      alarms: alarmTopic.alarms,
      docsUrl,
    });
    new CfnOutput(this, 'DashboardUrl', { value: url });
  }

  /** Whom the stage wants alarms to reach. */
  protected get alarmTopicSettings(): AlarmTopicProps {
    const { alarmEmails, alarmWebhooks } = this.config;
    return { emails: alarmEmails, webhooks: alarmWebhooks, removalPolicy: this.removalPolicy };
  }

  /** When the stage wants an alarm of a topic. */
  protected get topicAlarmSettings(): Pick<TopicMonitoringProps, 'maxMessagesPerDay'> {
    return { maxMessagesPerDay: this.config.alarmMessagesPerDay };
  }

  /** When the stage wants an alarm of a queue. */
  protected get alarmSettings(): Pick<
    QueueMonitoringProps,
    'maxMessageAge' | 'maxBacklog' | 'maxMessagesPerDay'
  > {
    return {
      maxMessageAge: Duration.seconds(this.config.alarmMessageAgeInSeconds),
      maxBacklog: this.config.alarmBacklog,
      maxMessagesPerDay: this.config.alarmMessagesPerDay,
    };
  }
}
