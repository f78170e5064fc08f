import { Topic } from 'aws-cdk-lib/aws-sns';
import { requireTlsBeyondPublishing } from '../../../lib/constructs/topic-tls.ts';
import { onlyResource, testStack } from '../../support/stack-template.ts';

it('refuses every call on a topic without TLS, by the names that SNS takes in a policy', () => {
  const stack = testStack();
  const topic = new Topic(stack, 'Orders');

  requireTlsBeyondPublishing(topic);

  expect(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties).toEqual({
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyOtherCallsWithoutTls',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: [
            'sns:AddPermission',
            'sns:DeleteTopic',
            'sns:GetTopicAttributes',
            'sns:ListSubscriptionsByTopic',
            'sns:RemovePermission',
            'sns:SetTopicAttributes',
            'sns:Subscribe',
          ],
          Resource: stack.resolve(topic.topicArn),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
    Topics: [stack.resolve(topic.topicArn)],
  });
});
