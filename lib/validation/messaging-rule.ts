import type { CloudFormationTemplate } from './template-resources.ts';

/** A resource that breaks a rule. */
export interface Finding {
  readonly logicalId: string;
  /** Property at fault, from the resource. */
  readonly property: string;
  /** What is there, as it follows "is". */
  readonly found: string;
}

/** Something that CloudFormation accepts and that loses messages, or lets them fail unseen. */
export interface MessagingRule {
  readonly name: string;
  /** What must hold, as a sentence. */
  readonly requires: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  findings(template: CloudFormationTemplate): Finding[];
}
