import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { DeliveryChecks } from './delivery-checks.ts';
import { MessagingChecks } from './messaging-checks.ts';

/** Lets a synth fail on findings; aws-cdk-lib's own rules are switched on in cdk.json. */
export function addValidations(app: App): void {
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new ServerlessChecks(app),
    new MessagingChecks(),
    new DeliveryChecks(),
  );
}
