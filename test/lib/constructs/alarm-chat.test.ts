import { AlarmChat } from '../../../lib/constructs/alarm-chat.ts';
import {
  onlyResource,
  referredId,
  resourcesOfType,
  templateOf,
  testStack,
} from '../../support/stack-template.ts';

const topicArns = ['arn:aws:sns:eu-west-1:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:b'];

function makeChat() {
  const stack = testStack();
  new AlarmChat(stack, 'Chat', { workspaceId: 'T07EA123LEP', channelId: 'C07EZ1ABC23', topicArns });
  const [[policyId, policy] = []] = resourcesOfType(templateOf(stack), 'AWS::IAM::ManagedPolicy');
  return {
    policyId,
    policy: policy?.Properties,
    role: onlyResource(stack, 'AWS::IAM::Role').Properties,
    channel: onlyResource(stack, 'AWS::Chatbot::SlackChannelConfiguration').Properties,
    template: templateOf(stack),
  };
}

describe('AlarmChat', () => {
  it('brings the alarms of each topic to the channel of the workspace', () => {
    expect(makeChat().channel).toMatchObject({
      SlackWorkspaceId: 'T07EA123LEP',
      SlackChannelId: 'C07EZ1ABC23',
      SnsTopicArns: topicArns,
    });
  });

  it('has a name that differs by region, since an account has one of a name in all', () => {
    expect(makeChat().channel.ConfigurationName).toEqual({
      'Fn::Join': ['', ['orders-', { Ref: 'AWS::Region' }]],
    });
  });

  it('draws graphs and can do nothing else, whatever somebody asks of it in the channel', () => {
    const { channel, role, policy, policyId, template } = makeChat();
    expect(policy?.PolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: ['GetMetricData', 'GetMetricStatistics', 'GetMetricWidgetImage', 'ListMetrics'].map(
            call => `cloudwatch:${call}`,
          ),
        },
      ],
    });
    expect((role.ManagedPolicyArns as unknown[]).map(referredId)).toEqual([policyId]);
    expect(role).not.toHaveProperty('Policies');
    expect(resourcesOfType(template, 'AWS::IAM::Policy')).toEqual([]);
    // Where there is none, AWS takes AdministratorAccess.
    expect((channel.GuardrailPolicies as unknown[]).map(referredId)).toEqual([policyId]);
  });

  it('has a role that the chat service takes, and nobody else', () => {
    expect(makeChat().role.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'chatbot.amazonaws.com' } }],
    });
  });
});
