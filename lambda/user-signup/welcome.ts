import { parseEnvironment } from '../../contracts/environment.ts';
import { welcomeEnvironment, type welcomeMail } from '../../contracts/user-signup.ts';
import { welcomeEvents } from '../../contracts/users.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { Mailer } from '../shared/mailer.ts';
import { sesClient } from '../shared/ses-client.ts';
import { topicConsumer } from '../shared/topic-consumer.ts';
import { welcomeStore } from './welcome-store.ts';
import { welcoming } from './welcoming.ts';

const environment = parseEnvironment(welcomeEnvironment, process.env);

export const handler = topicConsumer({
  selection: welcomeEvents,
  subjectField: 'user_id',
  handle: welcoming({
    welcomes: welcomeStore(documentClient(), environment.TABLE_NAME),
    mailer: new Mailer<typeof welcomeMail>({
      ses: sesClient(),
      from: environment.MAIL_FROM,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
      templateName: environment.MAIL_TEMPLATE,
    }),
  }),
});
