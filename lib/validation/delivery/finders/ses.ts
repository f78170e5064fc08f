import type { DeployedResource } from '../app/deployed-stack.ts';
import type { Edge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byService, sourceFrom, sourceNamed, unknownDelivery } from './finder.ts';

/**
 * What SES tells of mails that were sent with a configuration set.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
 */
export function mailEventEdges(destination: DeployedResource, proof: Proof): readonly Edge[] {
  const { SnsDestination } = (destination.property('EventDestination') ?? {}) as {
    readonly SnsDestination?: { readonly TopicARN?: unknown };
  };
  if (SnsDestination === undefined) return [unknownDelivery(destination, 'Mail events to what is no topic')];
  const named = destination.property('ConfigurationSetName');
  const configurationSet = proof.app.referredTo(named);
  const source = configurationSet ? sourceFrom(configurationSet) : sourceNamed(named, destination, proof);
  return [
    byService(
      proof,
      { kind: 'Mail events', by: destination, service: 'ses.amazonaws.com', source },
      SnsDestination.TopicARN,
    ),
  ];
}
