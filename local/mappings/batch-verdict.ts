import type { InvocationResult } from '../functions/invocation.ts';

/** Which messages of a batch failed. */
export interface BatchVerdict {
  readonly failedMessageIds: ReadonlySet<string>;
  /** Why the whole batch failed, when it was not the function that named every message. */
  readonly reason?: string;
}

/**
 * Judges an invocation as Lambda judges the answer of an SQS consumer.
 *
 * @param reportsItemFailures whether the mapping declares `ReportBatchItemFailures`; otherwise any answer is
 * a success of the whole batch
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#sqs-batchfailurereporting-conditions
 */
export function judgeBatch(
  result: InvocationResult,
  messageIds: readonly string[],
  reportsItemFailures: boolean,
): BatchVerdict {
  const wholeBatch = (reason: string) => ({ failedMessageIds: new Set(messageIds), reason });
  if (result.outcome !== 'success') {
    return wholeBatch(`${result.error.errorType}: ${result.error.errorMessage}`);
  }
  if (!reportsItemFailures) return { failedMessageIds: new Set() };
  const failures = readItemFailures(result.payload);
  if (typeof failures === 'string') return wholeBatch(failures);
  const stranger = failures.find(id => !messageIds.includes(id));
  if (stranger !== undefined) {
    return wholeBatch(`the answer names ${JSON.stringify(stranger)}, which is no message of the batch`);
  }
  return { failedMessageIds: new Set(failures) };
}

/** @returns the message ids, or what makes the answer invalid */
function readItemFailures(payload: string): string[] | string {
  const answer: unknown = JSON.parse(payload);
  if (answer === null) return [];
  if (typeof answer !== 'object' || Array.isArray(answer)) {
    return `the answer is not an object with batchItemFailures: ${payload.slice(0, 100)}`;
  }
  const failures: unknown = 'batchItemFailures' in answer ? answer.batchItemFailures : null;
  if (failures === null) return [];
  if (!Array.isArray(failures)) return 'batchItemFailures of the answer is not a list';
  const ids: string[] = [];
  for (const failure of failures as unknown[]) {
    const id =
      typeof failure === 'object' && failure !== null && 'itemIdentifier' in failure
        ? failure.itemIdentifier
        : undefined;
    if (typeof id !== 'string' || id === '') {
      return `an entry of batchItemFailures has no itemIdentifier: ${JSON.stringify(failure)}`;
    }
    ids.push(id);
  }
  return ids;
}
