import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { queuesOnlyThrough, topicOnlyThrough } from '../../../../lib/constructs/network/endpoint-only.ts';
import { PrivateNetwork } from '../../../../lib/constructs/private-network.ts';
import { onlyResource, resourcesOfType, templateOf, testStack } from '../../../support/stack-template.ts';

function makeNetwork() {
  const stack = testStack();
  return { stack, network: new PrivateNetwork(stack, 'Network', { services: ['sqs', 'sns'] }) };
}

/** The statement that denies; whom it excepts is for the policy tests to evaluate. */
const denialOf = (properties: Readonly<Record<string, unknown>>) =>
  (properties.PolicyDocument as { Statement: Readonly<Record<string, unknown>>[] }).Statement.find(
    ({ Sid }) => Sid === 'OnlyThroughTheEndpoint',
  );

it('a queue is denied what is done with messages, not what administers it', () => {
  const { stack, network } = makeNetwork();
  const queue = new Queue(stack, 'Queue');
  queuesOnlyThrough(network.endpoint('sqs'), queue);
  expect(denialOf(onlyResource(stack, 'AWS::SQS::QueuePolicy').Properties)).toMatchObject({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
    Resource: stack.resolve(queue.queueArn),
    Condition: {
      StringNotEquals: { 'aws:SourceVpce': stack.resolve(network.endpoint('sqs').vpcEndpointId) },
    },
  });
});

it('a topic is denied what is published, not its subscriptions', () => {
  const { stack, network } = makeNetwork();
  const topic = new Topic(stack, 'Topic');
  topicOnlyThrough(network.endpoint('sns'), topic);
  expect(denialOf(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties)).toMatchObject({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sns:Publish',
    Resource: stack.resolve(topic.topicArn),
    Condition: {
      StringNotEquals: { 'aws:SourceVpce': stack.resolve(network.endpoint('sns').vpcEndpointId) },
    },
  });
});

it('several queues are denied at once, each in its own policy', () => {
  const { stack, network } = makeNetwork();
  const queues = ['Queue', 'Dlq'].map(id => new Queue(stack, id));
  queuesOnlyThrough(network.endpoint('sqs'), ...queues);
  const policies = resourcesOfType(templateOf(stack), 'AWS::SQS::QueuePolicy').map(
    ([, { Properties }]) => Properties,
  );
  expect(policies.map(policy => [policy.Queues, denialOf(policy)?.Resource])).toEqual(
    queues.map(queue => [[stack.resolve(queue.queueUrl)], stack.resolve(queue.queueArn)]),
  );
});
