import { UntrustedMessageError } from '../../../lambda/shared/signing-certificates.ts';
import { SubscriptionLink } from '../../../lambda/user-signup/subscription-link.ts';
import { topicArn } from '../../support/sns-stand-in.ts';

const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: 't' });

it.each([
  ['of another host', `https://sns.eu-west-1.amazonaws.com.example.com/?${query}`],
  ['of another region', `https://sns.us-east-1.amazonaws.com/?${query}`],
  ['over plain HTTP', `http://sns.eu-west-1.amazonaws.com/?${query}`],
  ['with somebody before the host', `https://a:b@sns.eu-west-1.amazonaws.com/?${query}`],
  ['of another path', `https://sns.eu-west-1.amazonaws.com/else?${query}`],
])('follows no link %s', async (_what, link) => {
  const subscription = new SubscriptionLink({ origin: 'https://sns.eu-west-1.amazonaws.com', timeoutMs: 1 });
  await expect(subscription.confirm(link, topicArn)).rejects.toThrow(UntrustedMessageError);
});
