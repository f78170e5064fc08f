import { type DeployedResource, settingOf } from './app/deployed-stack.ts';
import { isUnresolved } from './app/intrinsics.ts';
import { administrator } from './callers.ts';
import { type DeliveryFinding, type Edge, nameOf } from './edge.ts';
import { inJson, type Proof } from './questions.ts';
import { plaintextOrUnseen } from './verdict-findings.ts';

interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'byQueue' | 'denyAll';
  readonly sourceQueueArns: readonly string[];
}

/**
 * SQS moves what a queue gives up to its DLQ, if the DLQ admits that queue.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function redrivePath(proof: Proof, queue: DeployedResource, deadLetterQueue: DeployedResource): Edge {
  const ends = { kind: 'DLQ of a queue', by: queue, from: queue.path, to: deadLetterQueue.path };
  const edge = nameOf(ends);
  // SQS moves the messages by itself; it is people and tools who take them out again.
  const takingOut = { action: 'sqs:ReceiveMessage', target: deadLetterQueue };
  return {
    ...ends,
    findings: () => [
      ...findingsOf(queue, deadLetterQueue, edge),
      ...plaintextOrUnseen(proof, edge, administrator(deadLetterQueue.account), takingOut),
    ],
  };
}

function findingsOf(
  queue: DeployedResource,
  dlq: DeployedResource,
  edge: string,
): readonly DeliveryFinding[] {
  const wanted = inJson({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] });
  const fix = `Set RedriveAllowPolicy of ${dlq.path} to ${wanted}`;
  const finding = (kind: DeliveryFinding['kind'], problem: string): readonly DeliveryFinding[] => [
    { kind, edge, at: dlq, problem, statement: wanted, fix },
  ];
  const [there, here] = [dlq, queue].map(({ account, region }) => `${account} ${region}`);
  if (there !== here) {
    return finding('blocked', `${dlq.path} is in another account or region, and no DLQ for ${queue.path}.`);
  }
  const policy = settingOf<RedriveAllowPolicy>(dlq, 'RedriveAllowPolicy');
  const permission = policy?.redrivePermission ?? 'allowAll';
  if (permission === 'denyAll') return finding('blocked', `${dlq.path} admits no queue.`);
  if (permission !== 'byQueue') return finding('open', `${dlq.path} is a DLQ for any queue.`);
  const sources = policy?.sourceQueueArns ?? [];
  if (sources.includes(queue.arn ?? '')) return [];
  return sources.some(isUnresolved)
    ? finding('unseen', `Whether ${dlq.path} admits ${queue.path} cannot be seen.`)
    : finding('blocked', `${dlq.path} admits other queues, and not ${queue.path}.`);
}
