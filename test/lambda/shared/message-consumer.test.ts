import { BadMessageError, DependencyDownError } from '../../../lambda/shared/failures.ts';
import { type MessageConsumerOptions, messageConsumer } from '../../../lambda/shared/message-consumer.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines, type LogLine } from '../../support/log-lines.ts';
import { sqsBatch } from '../../support/sqs-records.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'letters';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Letters';

/** A body holds letters, which are messages each. */
function consumer(handle: MessageConsumerOptions<string>['handle']) {
  return messageConsumer<string>({
    parse: content => {
      if (typeof content !== 'string') throw new BadMessageError('The body is no text.');
      return [...content];
    },
    subjectOf: content => ({ letters: content }),
    handle,
  });
}

describe('messageConsumer', () => {
  let lines: LogLine[];
  beforeEach(() => {
    lines = catchLogLines();
  });

  it('handles the messages of a body in their order, and leaves a line for each', async () => {
    const steps: string[] = [];
    const handler = consumer(async letter => {
      steps.push(`start ${letter}`);
      await new Promise(resolve => setImmediate(resolve));
      steps.push(`end ${letter}`);
      return { outcome: 'read', details: { letter } };
    });

    await expect(handler(sqsBatch('"ab"'), lambdaContext())).resolves.toEqual({ batchItemFailures: [] });

    expect(steps).toEqual(['start a', 'end a', 'start b', 'end b']);
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'read', letters: 'ab', letter: 'a' }),
      expect.objectContaining({ outcome: 'read', letters: 'ab', letter: 'b' }),
    ]);
  });

  it('brings the whole body back when one of its messages fails, and says so once', async () => {
    const handler = consumer(async letter => {
      if (letter === 'b') throw new DependencyDownError('no b today');
      return { outcome: 'read' };
    });
    const batch = sqsBatch('"abc"', '"a"');

    const { batchItemFailures } = await handler(batch, lambdaContext());

    expect(batchItemFailures).toEqual([{ itemIdentifier: batch.Records[0]?.messageId }]);
    expect(lines.filter(line => line.outcome === 'failed')).toEqual([
      expect.objectContaining({ failure: 'passing', letters: 'abc' }),
    ]);
    expect(lines.filter(line => '_aws' in line)).toEqual([expect.objectContaining({ FailedRecords: 1 })]);
  });

  it('says what a body that cannot be parsed is about', async () => {
    await consumer(async () => ({ outcome: 'read' }))(sqsBatch('[1]'), lambdaContext());

    expect(lines).toContainEqual(
      expect.objectContaining({ outcome: 'failed', failure: 'permanent', letters: [1] }),
    );
  });

  it('hands over a body without messages as handled', async () => {
    const response = await consumer(async () => {
      throw new Error('there is nothing to handle');
    })(sqsBatch('""'), lambdaContext());

    expect(response).toEqual({ batchItemFailures: [] });
  });
});
