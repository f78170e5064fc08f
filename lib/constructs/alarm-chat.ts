import { Aws, Stack, Validations } from 'aws-cdk-lib';
import { CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface AlarmChatProps {
  /** Slack workspace, which somebody authorized once in the console of Amazon Q Developer in chat applications. */
  readonly workspaceId: string;

  /** Channel of it; a private one must have invited `@Amazon Q`. */
  readonly channelId: string;

  /** Topics whose alarms the channel gets, of this stack or of others in the account. */
  readonly topicArns: readonly string[];
}

/**
 * What the graph under an alarm is drawn from, by name: AWS's own template for notifications allows all that
 * begins with Describe, Get or List. Metrics are no resource that a policy could name.
 */
const drawGraphs = ['GetMetricData', 'GetMetricStatistics', 'GetMetricWidgetImage', 'ListMetrics'].map(
  call => `cloudwatch:${call}`,
);

/**
 * Slack channel that gets alarms, by Amazon Q Developer in chat applications (AWS Chatbot until 2025). The
 * service subscribes an endpoint of its own to each topic under its service-linked role, and SNS decrypts before
 * it delivers: neither the topics nor their keys need to let it in. Whoever writes in the channel can do what the
 * role can, and the guardrail keeps it so even where somebody widens the role: look at metrics, nothing else.
 *
 * An account has one configuration of a channel, whatever the region: all topics of the channel are in this one.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
 */
export class AlarmChat extends Construct {
  constructor(scope: Construct, id: string, { workspaceId, channelId, topicArns }: AlarmChatProps) {
    super(scope, id);
    const graphs = new iam.ManagedPolicy(this, 'Graphs', {
      description: 'Draws the graph under an alarm in a chat',
      statements: [new iam.PolicyStatement({ actions: drawGraphs, resources: ['*'] })],
    });
    Validations.of(graphs).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'CloudWatch has no resource by which reading metrics could be narrowed',
    });
    const role = new iam.Role(this, 'Role', {
      description: 'What can be done from the channel of the alarms',
      assumedBy: new iam.ServicePrincipal('chatbot.amazonaws.com'),
      managedPolicies: [graphs],
    });
    new CfnSlackChannelConfiguration(this, 'Channel', {
      configurationName: `${Stack.of(this).stackName}-${Aws.REGION}`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      iamRoleArn: role.roleArn,
      // Without one, the guardrail is AdministratorAccess.
      guardrailPolicies: [graphs.managedPolicyArn],
      snsTopicArns: [...topicArns],
    });
  }
}
