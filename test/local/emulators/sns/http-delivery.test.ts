import { X509Certificate } from 'node:crypto';
import { PublishCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import type { DeliveryOutcome } from '../../../../local/emulators/sns/fan-out.ts';
import { EndpointUnderTest, eventually } from '../endpoint-under-test.ts';
import { HttpSubscriber, isSigned } from './http-subscriber.ts';

let cloud: EndpointUnderTest;
let subscriber: HttpSubscriber;
let outcomes: DeliveryOutcome[];

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  cloud.endpoint.fanOut.onOutcome = outcome => outcomes.push(outcome);
});

beforeEach(async () => {
  outcomes = [];
  subscriber = await HttpSubscriber.start();
});

afterEach(() => subscriber.stop());
afterAll(() => cloud.stop());

const confirmationMembers = [
  'Message',
  'MessageId',
  'SubscribeURL',
  'Timestamp',
  'Token',
  'TopicArn',
  'Type',
];

/** Subscribes, and has the subscriber say that it wants what it is subscribed to. */
async function subscribed(
  topicArn: string,
  attributes: Record<string, string> = {},
): Promise<Readonly<Record<string, string>>> {
  await cloud.subscribe(topicArn, subscriber.url, attributes, 'http');
  const confirmation = await eventually(async () => subscriber.ofType('SubscriptionConfirmation')[0]);
  expect((await fetch(confirmation.SubscribeURL ?? '')).status).toBe(200);
  return confirmation;
}

async function publish(topicArn: string, Message = 'hello', Subject?: string): Promise<void> {
  await cloud.sns.send(new PublishCommand({ TopicArn: topicArn, Message, ...(Subject && { Subject }) }));
}

/** Retries without any pause. */
const retries = (numRetries: number) =>
  JSON.stringify({ healthyRetryPolicy: { numRetries, numNoDelayRetries: numRetries } });

describe('an HTTP subscriber', () => {
  it('is asked whether it wants to be one, in a signed message', async () => {
    const topicArn = await cloud.createTopic('asking', { SignatureVersion: '2' });

    const confirmation = await subscribed(topicArn);

    expect(confirmation).toMatchObject({ TopicArn: topicArn, SignatureVersion: '2' });
    expect(await isSigned(confirmation, confirmationMembers)).toBe(true);
  });

  it('is asked again until it can be reached', async () => {
    const topicArn = await cloud.createTopic('asking-again');
    subscriber.statuses.push(503);

    await cloud.subscribe(topicArn, subscriber.url, {}, 'http');

    await eventually(async () => subscriber.ofType('SubscriptionConfirmation').length === 2);
  });

  it('gets nothing before it has confirmed', async () => {
    const topicArn = await cloud.createTopic('pending');
    const queue = await cloud.createQueue('beside-pending');
    await cloud.subscribe(topicArn, subscriber.url, {}, 'http');
    await cloud.subscribe(topicArn, queue.arn);

    await publish(topicArn);

    await eventually(async () => subscriber.ofType('SubscriptionConfirmation').length === 1);
    await cloud.endpoint.fanOut.settled();
    expect(outcomes.map(({ protocol }) => protocol)).toEqual(['sqs']);
    expect(subscriber.ofType('Notification')).toEqual([]);
  });

  it('confirms with its own token only', async () => {
    const topicArn = await cloud.createTopic('confirming');
    const { SubscribeURL = '' } = await subscribed(topicArn);
    const ofAnother = new URL(SubscribeURL);
    ofAnother.searchParams.set('TopicArn', await cloud.createTopic('another'));
    const madeUp = new URL(SubscribeURL);
    madeUp.searchParams.set('Token', 'guessed');

    expect((await fetch(ofAnother)).status).toBe(400);
    expect((await fetch(madeUp)).status).toBe(400);
  });

  it.each(['1', '2'])('gets notifications in an envelope of signature version %s', async version => {
    const topicArn = await cloud.createTopic(`signed-${version}`, { SignatureVersion: version });
    await subscribed(topicArn);

    await publish(topicArn, 'for the CRM', 'news');
    await publish(topicArn);

    await eventually(async () => outcomes.length === 2);
    const notifications = subscriber.ofType('Notification');
    const withSubject = notifications.find(({ Subject }) => Subject === 'news') ?? {};
    const without = notifications.find(({ Subject }) => Subject === undefined) ?? {};
    expect(withSubject).toMatchObject({ SignatureVersion: version, Message: 'for the CRM' });
    const members = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
    expect(await isSigned(withSubject, members)).toBe(true);
    expect(await isSigned({ ...withSubject, Message: 'forged' }, members)).toBe(false);
    expect(
      await isSigned(
        without,
        members.filter(name => name !== 'Subject'),
      ),
    ).toBe(true);
  });

  it('finds a certificate that is valid, and vouches for itself', async () => {
    const { SigningCertURL = '' } = await subscribed(await cloud.createTopic('certified'));

    const certificate = new X509Certificate(await (await fetch(SigningCertURL)).text());

    expect(SigningCertURL).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
    );
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=sns.amazonaws.com');
    expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  it('is posted to again when it fails, as the policy says, with its content type', async () => {
    const topicArn = await cloud.createTopic('posting');
    const requestPolicy = { headerContentType: 'application/json' };
    await subscribed(topicArn, {
      DeliveryPolicy: JSON.stringify({ ...JSON.parse(retries(2)), requestPolicy }),
    });
    subscriber.statuses.push(503, 429, 200);

    await publish(topicArn);
    await eventually(async () => outcomes.length > 0);

    expect(outcomes).toMatchObject([{ outcome: 'delivered', protocol: 'http' }]);
    expect(subscriber.ofType('Notification')).toHaveLength(3);
    expect(subscriber.posted.at(-1)?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amz-sns-topic-arn': topicArn,
    });
  });

  it('that never takes a message is given up; the message goes to the dead-letter queue', async () => {
    const topicArn = await cloud.createTopic('failing');
    const dlq = await cloud.createQueue('failing-dlq');
    await subscribed(topicArn, {
      DeliveryPolicy: retries(3),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn }),
    });
    subscriber.statuses.push(500, 500, 500, 500);

    await publish(topicArn);
    await eventually(async () => outcomes.length > 0);

    expect(outcomes).toMatchObject([{ outcome: 'redriven', reason: `${subscriber.url} answered 500.` }]);
    expect(subscriber.ofType('Notification')).toHaveLength(4);
    const [dead] = await cloud.receive(dlq);
    expect(JSON.parse(dead?.Body ?? '')).toMatchObject({ Type: 'Notification', Message: 'hello' });
  });

  it('that refuses is not asked again', async () => {
    const topicArn = await cloud.createTopic('refusing');
    await subscribed(topicArn, { DeliveryPolicy: retries(3) });
    subscriber.statuses.push(403);

    await publish(topicArn);
    await eventually(async () => outcomes.length > 0);

    expect(outcomes).toMatchObject([{ outcome: 'lost', reason: `${subscriber.url} answered 403.` }]);
    expect(subscriber.ofType('Notification')).toHaveLength(1);
  });

  it('is told when it is unsubscribed, and comes back by the link in that', async () => {
    const topicArn = await cloud.createTopic('leaving', { SignatureVersion: '2' });
    await cloud.subscribe(topicArn, subscriber.url, {}, 'http');
    const confirmation = await eventually(async () => subscriber.ofType('SubscriptionConfirmation')[0]);
    await fetch(confirmation.SubscribeURL ?? '');
    const { SubscriptionArn } = await cloud.sns.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: 'http', Endpoint: subscriber.url }),
    );

    await cloud.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    const farewell = await eventually(async () => subscriber.ofType('UnsubscribeConfirmation')[0]);
    expect(await isSigned(farewell, confirmationMembers)).toBe(true);
    await publish(topicArn);
    await cloud.endpoint.fanOut.settled();
    expect(outcomes).toEqual([]);

    await fetch(farewell.SubscribeURL ?? '');
    await publish(topicArn);
    await eventually(async () => outcomes.length > 0);
    expect(outcomes).toMatchObject([{ outcome: 'delivered' }]);
  });
});
