import { parseEnvironment } from '../../contracts/environment.ts';
import { type postMail, sendMailEnvironment } from '../../contracts/notifications.ts';
import { dueMails } from '../../contracts/posts.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { Mailer } from '../shared/mailer.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { sesClient } from '../shared/ses-client.ts';
import { addressStore } from './address-store.ts';
import { mailSending } from './mail-sending.ts';
import { mailStore } from './mail-store.ts';

const environment = parseEnvironment(sendMailEnvironment, process.env);

const documents = documentClient();

export const handler = queueConsumer({
  selection: dueMails,
  subjectField: 'post_id',
  handle: mailSending({
    mails: mailStore(documents, environment.MAILS_TABLE),
    addresses: addressStore(documents, environment.ADDRESSES_TABLE),
    mailer: new Mailer<typeof postMail>({
      ses: sesClient(),
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
      templateName: environment.MAIL_TEMPLATE,
    }),
  }),
  // SES takes so many mails a second from an account: side by side, a batch would be throttled.
  inParallel: false,
});
