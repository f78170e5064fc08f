import { RemovalPolicy } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { MessageKey, type MessageKeyProps } from '../../../lib/constructs/message-key.ts';
import { resourceOf, testStack } from '../../support/stack-template.ts';

function makeKey(props: Partial<MessageKeyProps> = {}) {
  const stack = testStack();
  return { stack, key: new MessageKey(stack, 'Key', { description: 'Encrypts orders', ...props }) };
}

interface KeyStatement {
  readonly Principal: { readonly Service?: string };
}

function serviceStatements(key: MessageKey): KeyStatement[] {
  const { KeyPolicy } = resourceOf(key).Properties as { KeyPolicy: { Statement: KeyStatement[] } };
  return KeyPolicy.Statement.filter(statement => statement.Principal.Service);
}

describe('MessageKey', () => {
  it('rotates, and says what it is for', () => {
    const { key } = makeKey();
    expect(resourceOf(key).Properties).toMatchObject({
      EnableKeyRotation: true,
      Description: 'Encrypts orders',
    });
  });

  it('outlives its stack by default: messages under a deleted key are lost', () => {
    const { key } = makeKey();
    expect(resourceOf(key)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('goes with its stack when told to', () => {
    const { key } = makeKey({ removalPolicy: RemovalPolicy.DESTROY });
    expect(resourceOf(key)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  it('admits no service until it is told to', () => {
    expect(serviceStatements(makeKey().key)).toEqual([]);
  });

  it('admits a service to decrypt and make data keys, for one source', () => {
    const { stack, key } = makeKey();
    const topic = new Topic(stack, 'Orders');

    key.admit('sns.amazonaws.com', { sourceArn: topic.topicArn });

    expect(serviceStatements(key)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { ArnLike: { 'aws:SourceArn': stack.resolve(topic.topicArn) } },
      },
    ]);
  });
});
