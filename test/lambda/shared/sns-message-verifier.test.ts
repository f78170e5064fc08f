import * as v from 'valibot';
import { type SnsMessage, snsMessage } from '../../../contracts/sns-messages.ts';
import { SigningCertificates, UntrustedMessageError } from '../../../lambda/shared/signing-certificates.ts';
import { SnsMessageVerifier } from '../../../lambda/shared/sns-message-verifier.ts';
import { certificateOf, SnsStandIn, topicArn } from '../../support/sns-stand-in.ts';

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

describe('SnsMessageVerifier', () => {
  let sns: SnsStandIn;
  let verifier: SnsMessageVerifier;

  beforeAll(async () => {
    sns = await SnsStandIn.start();
    verifier = new SnsMessageVerifier({
      certificates: new SigningCertificates({ origin: sns.origin }),
      topicArn,
    });
  });
  beforeEach(() => {
    sns.asked.length = 0;
  });
  afterAll(() => sns.stop());

  it.each<[string, (stand: SnsStandIn) => SnsMessage]>([
    ['a notification', stand => stand.notification('hello')],
    ['one with a subject', stand => stand.notification('hello', { Subject: 'news' })],
    ['one with line ends and umlauts', stand => stand.notification('Grüße,\n"Jane"\r\n')],
    ['one that was tried for an hour', stand => stand.notification('hello', { Timestamp: minutes(-60) })],
    ['the question whether to subscribe', stand => stand.confirmation('SubscriptionConfirmation')],
    ['the news of an end', stand => stand.confirmation('UnsubscribeConfirmation')],
  ])('takes %s of its topic', async (_what, message) => {
    const sent = JSON.stringify(message(sns));
    await expect(verifier.verify(v.parse(snsMessage, JSON.parse(sent)))).resolves.toBeUndefined();
  });

  it.each<[string, Partial<SnsMessage>, string]>([
    ['its message', { Message: 'forged' }, 'not of this message'],
    ['its subject', { Subject: 'forged' }, 'not of this message'],
    ['its id', { MessageId: 'other' }, 'not of this message'],
    ['its time', { Timestamp: minutes(-5) }, 'not of this message'],
    ['its signature', { Signature: 'AAAA' }, 'not of this message'],
  ])('refuses one whose sender changed %s', async (_what, change, reason) => {
    const changed = { ...sns.notification('hello'), ...change } as SnsMessage;
    await expect(verifier.verify(changed)).rejects.toThrow(UntrustedMessageError);
    await expect(verifier.verify(changed)).rejects.toThrow(reason);
  });

  it('refuses a confirmation whose link was changed', async () => {
    const changed = { ...sns.confirmation('SubscriptionConfirmation'), SubscribeURL: 'https://example.com/' };
    await expect(verifier.verify(changed as SnsMessage)).rejects.toThrow('not of this message');
  });

  it('refuses a notification that is made of a signed confirmation', async () => {
    const changed = { ...sns.confirmation('SubscriptionConfirmation'), Type: 'Notification' };
    await expect(verifier.verify(changed as SnsMessage)).rejects.toThrow('not of this message');
  });

  it('refuses one that somebody else signed, whose certificate is nowhere near SNS', async () => {
    const SigningCertURL = sns.serve(certificateOf('sns.amazonaws.com'));
    await expect(verifier.verify(sns.notification('hello', { SigningCertURL }))).rejects.toThrow(
      'not of this message',
    );
  });

  it.each<[string, Partial<SnsMessage>, string]>([
    ['of another topic', { TopicArn: `${topicArn}2` }, 'of the topic'],
    ['of the topic of another account', { TopicArn: topicArn.replace('1111', '9999') }, 'of the topic'],
    ['that was signed over SHA-1', { SignatureVersion: '1' }, 'of version 1'],
    ['that is sent again later', { Timestamp: minutes(-76) }, '76 minutes ago'],
    ['of the future', { Timestamp: minutes(16) }, '-16 minutes ago'],
  ])('refuses a sound one %s, and fetches no certificate for it', async (_what, change, reason) => {
    await expect(verifier.verify(sns.notification('hello', change))).rejects.toThrow(reason);
    expect(sns.asked).toEqual([]);
  });
});
