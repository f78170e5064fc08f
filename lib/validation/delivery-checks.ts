import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { proveDeliveries } from './delivery/delivery-proof.ts';
import type { FindingKind } from './delivery/edge.ts';
import { synthesizedStacks } from './delivery/synthesized-stacks.ts';

/** The name of each kind of finding, as it is acknowledged. */
const ruleNames: Readonly<Record<FindingKind, string>> = {
  blocked: 'Blocked',
  open: 'Open',
  plaintext: 'Plaintext',
  unseen: 'Unseen',
};

/**
 * Proves of every delivery between resources of the app that policies and keys let it pass, that they let
 * nobody else's pass, and none without TLS. A finding that is meant is acknowledged for one construct, with
 * the id `Delivery::` and the kind of finding, and says why.
 */
export class DeliveryChecks implements IPolicyValidationPlugin {
  readonly name = 'Delivery';
  readonly ruleIds = Object.values(ruleNames);

  validate({ appConstruct, stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const stacks = synthesizedStacks(appConstruct, stackTemplates);
    const violations = proveDeliveries(stacks).flatMap(({ edge, findings }) =>
      findings.map(({ kind, edge: name, at, problem, fix }) => ({
        ruleName: ruleNames[kind],
        description: `${edge.kind}, ${name}: ${problem}`,
        fix,
        severity: 'error',
        violatingResources: [
          {
            resourceLogicalId: at.logicalId,
            templatePath: stacks.find(stack => stack.name === at.stackName)?.templatePath ?? '',
            locations: [],
          },
        ],
      })),
    );
    return { success: violations.length === 0, violations };
  }
}
