import { DurableQueue } from '../../../lib/constructs/durable-queue.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { admitGuests, type QueueGuests } from '../../../lib/constructs/queue-guests.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { resourcesOfType, templateOf, testStack } from '../../support/stack-template.ts';

function policiesWith(guests: QueueGuests) {
  const stack = testStack();
  const key = new MessageKey(stack, 'Key', { description: 'Encrypts scans' });
  admitGuests(new DurableQueue(stack, 'Scans', { key }), guests);
  const template = templateOf(stack);
  const ofGuests = (statements: unknown) =>
    (statements as { Principal: { AWS?: unknown } }[]).filter(({ Principal }) =>
      JSON.stringify(Principal).includes('444455556666'),
    );
  return {
    queue: resourcesOfType(template, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      ofGuests((Properties.PolicyDocument as { Statement: unknown }).Statement),
    ),
    key: resourcesOfType(template, 'AWS::KMS::Key').flatMap(([, { Properties }]) =>
      ofGuests((Properties.KeyPolicy as { Statement: unknown }).Statement),
    ),
  };
}

const accounts = ['444455556666'];

it('lets an account send, and use the key by way of SQS', () => {
  const { queue, key } = policiesWith({ may: 'send', accounts });
  expect(queue).toMatchObject([{ Effect: 'Allow', Action: ['sqs:GetQueueUrl', 'sqs:SendMessage'] }]);
  expect(key).toMatchObject([
    {
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
    },
  ]);
});

it('opens no key to who only looks up', () => {
  const { queue, key } = policiesWith({ may: 'look up', accounts });
  expect(queue).toMatchObject([{ Action: 'sqs:GetQueueUrl' }]);
  expect(key).toEqual([]);
});

it('asks for the organization on queue and key', () => {
  const { queue, key } = policiesWith({ may: 'receive', accounts, organizationId: 'o-a1b2c3d4e5' });
  for (const statement of [...queue, ...key]) {
    expect(statement).toMatchObject({
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    });
  }
});

it('lets nobody in where nobody is named', () => {
  expect(policiesWith({ may: 'send', accounts: [] })).toEqual({ queue: [], key: [] });
});

it.each<[QueueGuests, string]>([
  [{ may: 'send', accounts: ['1234'] }, 'accounts is 1234; allowed: account ids of twelve digits.'],
  [{ may: 'send', accounts: ['*'] }, 'accounts is *; allowed: account ids of twelve digits.'],
  [
    { may: 'send', accounts, organizationId: 'acme' },
    'organizationId is acme; allowed: an id such as o-a1b2c3d4e5.',
  ],
])('fails for %j', (guests, message) => {
  expect(() => policiesWith(guests)).toThrow(PropsError);
  expect(() => policiesWith(guests)).toThrow(message);
});
