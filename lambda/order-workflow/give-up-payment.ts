import { parseEnvironment } from '../../contracts/environment.ts';
import { giveUpPaymentEnvironment, taskEnvelope } from '../../contracts/order-workflow.ts';
import { messageConsumer } from '../shared/message-consumer.ts';
import { paymentGivingUp } from './payment-giving-up.ts';
import { sfnClient } from './sfn-client.ts';
import { SfnTasks } from './sfn-tasks.ts';
import { parseTask, subjectOf } from './task-message.ts';

parseEnvironment(giveUpPaymentEnvironment, process.env);

export const handler = messageConsumer({
  parse: content => parseTask(taskEnvelope, content),
  subjectOf,
  handle: paymentGivingUp({ tasks: new SfnTasks(sfnClient()) }),
});
