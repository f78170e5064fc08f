import { Logger } from '@aws-lambda-powertools/logger';
import { parseEnvironment } from '../../contracts/environment.ts';
import { startOrderEnvironment } from '../../contracts/order-workflow.ts';
import { cardToken } from '../../contracts/orders.ts';
import { FieldEncryptor } from '../shared/field-encryptor.ts';
import { kmsClient } from '../shared/kms-client.ts';
import { orderStarting } from './order-starting.ts';
import { sfnClient } from './sfn-client.ts';
import { SfnWorkflows } from './sfn-workflows.ts';

const { STATE_MACHINE_ARN: stateMachineArn, CARD_TOKEN_KEY_ARN: keyArn } = parseEnvironment(
  startOrderEnvironment,
  process.env,
);

export const handler = orderStarting({
  workflows: new SfnWorkflows({ sfn: sfnClient(), stateMachineArn }),
  cardTokens: new FieldEncryptor(cardToken, { kms: kmsClient(), keyArn }),
  logger: new Logger(),
});
