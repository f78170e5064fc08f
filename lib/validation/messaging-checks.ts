import { readFileSync } from 'node:fs';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { messagingRules } from './messaging-rules.ts';
import type { CloudFormationTemplate } from './template-resources.ts';

/**
 * Holds every synthesized template to the messaging rules. A finding that is meant is acknowledged for
 * one construct, with the id `Messaging::` and the name of the rule, and says why.
 */
export class MessagingChecks implements IPolicyValidationPlugin {
  readonly name = 'Messaging';
  readonly ruleIds = messagingRules.map(({ name }) => name);

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = templatePaths.flatMap(templatePath => {
      const template = JSON.parse(readFileSync(templatePath, 'utf8')) as CloudFormationTemplate;
      return messagingRules.flatMap(rule =>
        rule.findings(template).map(({ logicalId, property, found }) => ({
          ruleName: rule.name,
          description: `${rule.requires} ${property} is ${found}.`,
          fix: rule.remedy,
          severity: 'error',
          violatingResources: [
            { resourceLogicalId: logicalId, templatePath, locations: [`Properties/${property}`] },
          ],
        })),
      );
    });
    return { success: violations.length === 0, violations };
  }
}
