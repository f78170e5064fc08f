import { App } from 'aws-cdk-lib';
import { stageConfigFrom } from '../lib/config/stage.ts';
import { OrderProcessingStack } from '../lib/stacks/order-processing-stack.ts';
import { addValidations } from '../lib/validation/validations.ts';

const app = new App();
const config = stageConfigFrom(name => app.node.tryGetContext(name));

new OrderProcessingStack(app, 'order-processing', { config });

addValidations(app);
