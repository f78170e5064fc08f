import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { maxSnsMessageBytes, type SnsMessage } from '../../../contracts/sns-messages.ts';
import { userEvents } from '../../../contracts/users.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { SigningCertificates } from '../../../lambda/shared/signing-certificates.ts';
import { SnsMessageVerifier } from '../../../lambda/shared/sns-message-verifier.ts';
import { crmReceiving } from '../../../lambda/user-signup/crm-receiving.ts';
import type { Contact } from '../../../lambda/user-signup/domain/contact.ts';
import { SubscriptionLink } from '../../../lambda/user-signup/subscription-link.ts';
import { postRequest } from '../../support/http-requests.ts';
import { InMemoryStates } from '../../support/in-memory-states.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { SnsStandIn, topicArn } from '../../support/sns-stand-in.ts';
import { userId, userSignedUp } from '../../support/user-events.ts';

interface Line {
  readonly level: string;
  readonly outcome: string;
  readonly error?: Error;
}

describe('crmReceiving', () => {
  let sns: SnsStandIn;
  let contacts: InMemoryStates<Contact>;
  let lines: Line[];
  let handler: (request: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

  beforeEach(async () => {
    sns = await SnsStandIn.start();
    contacts = new InMemoryStates();
    lines = [];
    const note = (level: string) => (_message: string, line: object) =>
      void lines.push({ level, ...line } as Line);
    handler = crmReceiving({
      verifier: new SnsMessageVerifier({
        certificates: new SigningCertificates({ origin: sns.origin }),
        topicArn,
      }),
      subscription: new SubscriptionLink({ origin: sns.origin }),
      contacts,
      logger: {
        addContext: () => undefined,
        info: note('info'),
        warn: note('warn'),
        error: note('error'),
      } as never,
    });
  });
  afterEach(() => sns.stop());

  async function post(content: unknown, contentType = 'application/json') {
    const request = postRequest(content, { headers: { 'content-type': contentType } });
    const response = (await handler(request, lambdaContext())) as { statusCode: number; body: string };
    return { status: response.statusCode, ...(JSON.parse(response.body) as Record<string, unknown>) };
  }
  const notification = (overrides: Partial<SnsMessage> = {}) =>
    sns.notification(userEvents.encode(userSignedUp()).body, overrides);
  const confirmations = () => sns.asked.filter(url => url.includes('Action=ConfirmSubscription'));

  describe('a notification', () => {
    it('becomes a contact', async () => {
      expect(await post(notification())).toEqual({ status: 200, outcome: 'contact_added' });
      expect(contacts.states.get(userId)?.state).toEqual({
        email: 'jane@example.com',
        name: 'Jane Smith',
        plan: 'team',
        since: '2026-01-02T03:04:05.678Z',
      });
      expect(lines).toMatchObject([{ level: 'info', outcome: 'contact_added', user_id: userId }]);
    });

    it('becomes one contact, however often it is delivered', async () => {
      await post(notification());
      expect(await post(notification())).toEqual({ status: 200, outcome: 'already_a_contact' });
      expect(contacts.states.get(userId)?.version).toBe(1);
    });

    it('goes to the DLQ in the end, which a 4xx would not promise, when it holds no event that is taken', async () => {
      expect(await post(sns.notification('hello'))).toMatchObject({ status: 500, error: 'unreadable_event' });
      expect(await post(sns.notification('{"event_type":"user_left"}'))).toMatchObject({ status: 500 });
    });

    it('is to be sent again while there is nowhere to put it', async () => {
      contacts.beforeWrite = () => {
        throw new DependencyDownError('DynamoDB is down');
      };
      expect(await post(notification())).toMatchObject({ status: 503, error: 'unavailable' });
      contacts.beforeWrite = () => undefined;
      expect(await post(notification())).toMatchObject({ status: 200 });
    });

    it('is to be sent again while its certificate cannot be had', async () => {
      sns.status = 500;
      expect(await post(notification())).toMatchObject({ status: 503 });
      expect(contacts.states.size).toBe(0);
    });
  });

  describe('the question whether to subscribe', () => {
    it('is answered by following its link, though it says that it is plain text', async () => {
      const question = sns.confirmation('SubscriptionConfirmation');
      expect(await post(question, 'text/plain; charset=UTF-8')).toEqual({
        status: 200,
        outcome: 'subscribed',
      });
      expect(confirmations()).toHaveLength(1);
    });

    it('is to be asked again when SNS does not confirm', async () => {
      await post(notification());
      sns.status = 500;
      expect(await post(sns.confirmation('SubscriptionConfirmation'))).toMatchObject({ status: 503 });
    });

    it.each([
      ['to another host', (url: URL) => ({ host: 'sns.example.com', query: url.search })],
      [
        'to another topic',
        (url: URL) => ({ host: url.host, query: url.search.replace('UserEvents', 'Other') }),
      ],
      ['that does something else', (url: URL) => ({ host: url.host, query: '?Action=DeleteTopic' })],
    ])('with a link %s is refused, though it is signed', async (_what, change) => {
      const { SubscribeURL } = sns.confirmation('SubscriptionConfirmation') as { SubscribeURL: string };
      const { host, query } = change(new URL(SubscribeURL));
      const forged = { SubscribeURL: `http://${host}/${query}` } as Partial<SnsMessage>;

      expect(await post(sns.confirmation('SubscriptionConfirmation', forged))).toMatchObject({ status: 403 });
      expect(sns.asked).toEqual([new URL(sns.certificateUrl).pathname]);
    });

    it('to another topic is refused', async () => {
      const other = { TopicArn: `${topicArn}2` };
      expect(await post(sns.confirmation('SubscriptionConfirmation', other))).toMatchObject({ status: 403 });
      expect(sns.asked).toEqual([]);
    });
  });

  it('news of an end changes nothing: nobody subscribes again', async () => {
    expect(await post(sns.confirmation('UnsubscribeConfirmation'))).toEqual({
      status: 200,
      outcome: 'unsubscribed',
    });
    expect(confirmations()).toEqual([]);
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'unsubscribed' }]);
  });

  describe('whatever SNS did not send', () => {
    it.each<[string, (message: SnsMessage) => object]>([
      [
        'is changed',
        message => ({ ...message, Message: userEvents.encode(userSignedUp({ name: 'Eve' })).body }),
      ],
      ['is signed by nobody', message => ({ ...message, Signature: 'AAAA' })],
      ['is of another topic', message => ({ ...message, TopicArn: `${topicArn}2` })],
      [
        'names a certificate elsewhere',
        message => ({ ...message, SigningCertURL: 'https://example.com/x.pem' }),
      ],
    ])('is refused, and not told why, when it %s', async (_what, forge) => {
      const answer = await post(forge(notification()));
      expect(answer).toEqual({ status: 403, error: 'untrusted', message: 'Not taken.' });
      expect(contacts.states.size).toBe(0);
      expect(lines).toMatchObject([{ level: 'warn', outcome: 'untrusted', error: expect.any(Error) }]);
    });

    it.each<[string, unknown, string, number]>([
      ['is no JSON', 'hello', 'application/json', 400],
      ['is no message of SNS', { hello: 'world' }, 'application/json', 400],
      ['is of a type that SNS does not have', { Type: 'Order' }, 'application/json', 400],
      ['is a form', 'a=b', 'application/x-www-form-urlencoded', 415],
      ['is endless', 'x'.repeat(maxSnsMessageBytes + 1), 'application/json', 413],
    ])('is refused when it %s', async (_what, content, contentType, status) => {
      expect((await post(content, contentType)).status).toBe(status);
      expect(sns.asked).toEqual([]);
    });
  });
});
