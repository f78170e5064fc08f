import { Logger } from '@aws-lambda-powertools/logger';
import { parseEnvironment } from '../../contracts/environment.ts';
import { crmReceiverEnvironment } from '../../contracts/user-signup.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { SigningCertificates } from '../shared/signing-certificates.ts';
import { SnsMessageVerifier } from '../shared/sns-message-verifier.ts';
import { contactStore } from './contact-store.ts';
import { crmReceiving } from './crm-receiving.ts';
import { SubscriptionLink } from './subscription-link.ts';

const environment = parseEnvironment(crmReceiverEnvironment, process.env);
const { TOPIC_ARN: topicArn, TABLE_NAME: tableName } = environment;

const origin = environment.AWS_ENDPOINT_URL ?? snsOrigin(topicArn);

export const handler = crmReceiving({
  verifier: new SnsMessageVerifier({ certificates: new SigningCertificates({ origin }), topicArn }),
  subscription: new SubscriptionLink({ origin }),
  contacts: contactStore(documentClient(), tableName),
  logger: new Logger(),
});

/** Where SNS is that has a topic. */
function snsOrigin(arn: string): string {
  const [, partition, , region] = arn.split(':');
  return `https://sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}
