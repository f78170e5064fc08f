import { parseEnvironment } from '../../contracts/environment.ts';
import { sharePostEnvironment, socialAccount } from '../../contracts/notifications.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { SecretContent } from '../shared/secret-content.ts';
import { secretsClient } from '../shared/secrets-client.ts';
import { HttpSocialNetwork } from './http-social-network.ts';
import { postConsumer } from './post-consumer.ts';
import { postSharing } from './post-sharing.ts';
import { shareStore } from './share-store.ts';

const environment = parseEnvironment(sharePostEnvironment, process.env);

export const handler = postConsumer(
  environment.PAYLOAD_BUCKET,
  postSharing({
    shares: shareStore(documentClient(), environment.TABLE_NAME),
    network: new HttpSocialNetwork({
      account: new SecretContent({
        secrets: secretsClient(),
        secretId: environment.SOCIAL_SECRET_ARN,
        schema: socialAccount,
        maxAgeSeconds: environment.SECRET_MAX_AGE_SECONDS,
      }),
      breakMs: environment.BREAK_SECONDS * 1_000,
    }),
  }),
);
