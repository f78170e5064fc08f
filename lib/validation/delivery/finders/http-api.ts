import type { DeployedResource } from '../app/deployed-stack.ts';
import type { Edge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byRole, byService, unknownDelivery } from './finder.ts';

/** The parameter that names the other end, by the integration. */
const destinations: Readonly<Record<string, string>> = {
  'EventBridge-PutEvents': 'EventBusName',
  'SQS-SendMessage': 'QueueUrl',
  'StepFunctions-StartExecution': 'StateMachineArn',
};

/** A route hands its requests to a function, calls a service under a role, or leads into a network. */
export function routeEdges(route: DeployedResource, proof: Proof): readonly Edge[] {
  const service = 'apigateway.amazonaws.com';
  const kind = 'HTTP API route';
  const id = String(route.property('Target')).replace('integrations/', '');
  const integration = proof.app.referredTo(id);
  const subtype = integration?.property('IntegrationSubtype');
  if (leadsIntoNetwork(integration)) return [];
  if (!integration || (integration.property('IntegrationType') !== 'AWS_PROXY' && subtype === undefined)) {
    return [unknownDelivery(route, kind)];
  }
  if (subtype !== undefined) {
    const parameter = destinations[String(subtype)];
    const parameters = integration.property('RequestParameters') as
      | Readonly<Record<string, unknown>>
      | undefined;
    if (parameter === undefined) return [unknownDelivery(route, kind, String(subtype))];
    const role = integration.property('CredentialsArn');
    return [byRole(proof, { kind, by: route, from: route.path, role, service }, parameters?.[parameter])];
  }
  const { account, region } = route;
  const api = String(route.property('ApiId'));
  const [method, path] = String(route.property('RouteKey')).split(' ');
  // The route as it is declared, whatever its variables stand for in a request.
  const arn = `arn:aws:execute-api:${region}:${account}:${api}/$default/${method}${path ?? ''}`;
  const source = { path: route.path, arn, account, name: api };
  return [byService(proof, { kind, by: route, service, source }, integration.property('IntegrationUri'))];
}

/** Whether requests go through a VPC link: security groups let them pass, and no policy has a say in it. */
function leadsIntoNetwork(integration: DeployedResource | undefined): boolean {
  return (
    integration?.property('IntegrationType') === 'HTTP_PROXY' &&
    integration.property('ConnectionType') === 'VPC_LINK'
  );
}
