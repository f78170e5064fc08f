import { AppPolicies } from './app/app-policies.ts';
import { type AppStack, DeployedApp } from './app/deployed-app.ts';
import { deliveryEdges } from './delivery-edges.ts';
import { type DeliveryFinding, type Edge, nameOf } from './edge.ts';

/** An edge and what is wrong with it. */
export interface EdgeVerdict {
  readonly edge: Edge;
  readonly name: string;
  readonly findings: readonly DeliveryFinding[];
}

/** Every delivery of an app, in the order of its templates, and whether it passes, alone, over TLS. */
export function proveDeliveries(stacks: readonly AppStack[]): readonly EdgeVerdict[] {
  const app = new DeployedApp(stacks);
  const proof = { app, policies: new AppPolicies(app) };
  return deliveryEdges(proof).map(edge => ({ edge, name: nameOf(edge), findings: edge.findings() }));
}
