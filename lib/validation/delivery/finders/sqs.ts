import { type DeployedResource, settingOf } from '../app/deployed-stack.ts';
import { type Edge, unseenEdge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { redrivePath } from '../redrive-path.ts';
import { outside } from './finder.ts';

/** A queue gives up to its DLQ what nobody could process. */
export function redriveEdges(queue: DeployedResource, proof: Proof): readonly Edge[] {
  const redrive = settingOf<{ readonly deadLetterTargetArn: unknown }>(queue, 'RedrivePolicy');
  if (!redrive) return [];
  const target = proof.app.referredTo(redrive.deadLetterTargetArn);
  if (target) return [redrivePath(proof, queue, target)];
  return [
    unseenEdge(
      { kind: 'DLQ of a queue', by: queue, from: queue.path, to: outside(redrive.deadLetterTargetArn) },
      'the DLQ is not in this app',
      'Let the DLQ admit this queue by its RedriveAllowPolicy, then acknowledge the finding.',
    ),
  ];
}
