import { paymentErrors, taskEnvelope } from '../../../contracts/order-workflow.ts';
import { paymentGivingUp } from '../../../lambda/order-workflow/payment-giving-up.ts';
import { parseTask } from '../../../lambda/order-workflow/task-message.ts';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { messageConsumer } from '../../../lambda/shared/message-consumer.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { sqsBatch } from '../../support/sqs-records.ts';
import { InMemoryTasks } from '../../support/workflow-tasks.ts';

describe('paymentGivingUp', () => {
  const consumer = (tasks: InMemoryTasks) =>
    messageConsumer({
      parse: content => parseTask(taskEnvelope, content),
      subjectOf: () => ({}),
      handle: paymentGivingUp({ tasks }),
    });

  it('fails the task of each message, also of one whose order is none', async () => {
    catchLogLines();
    const tasks = new InMemoryTasks('token-1', 'token-2');

    await expect(
      consumer(tasks)(
        sqsBatch({ task_token: 'token-1', order: 'poison' }, { task_token: 'token-2' }),
        lambdaContext(),
      ),
    ).resolves.toEqual({ batchItemFailures: [] });
    expect([...tasks.answers.values()]).toEqual([
      expect.objectContaining({ error: paymentErrors.givenUp }),
      expect.objectContaining({ error: paymentErrors.givenUp }),
    ]);
  });

  it('is done with a message that nobody waits for', async () => {
    const giveUp = paymentGivingUp({ tasks: new InMemoryTasks() });

    await expect(giveUp({ task_token: 'token-1' })).resolves.toEqual({ outcome: 'nobody_waits' });
  });

  it('leaves in the DLQ what names nobody, and what Step Functions does not take now', async () => {
    catchLogLines();
    const tasks = new InMemoryTasks('token-1');
    tasks.before = () => {
      throw new DependencyDownError('down');
    };
    const batch = sqsBatch({ order: {} }, 'no JSON', { task_token: 'token-1' });

    const { batchItemFailures } = await consumer(tasks)(batch, lambdaContext());
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
      batch.Records.map(({ messageId }) => messageId),
    );
  });
});
