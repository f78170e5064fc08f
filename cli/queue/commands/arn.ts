import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';

export const arn = defineCommand({
  name: 'arn',
  summary: "tell a queue's ARN",
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  examples: ['arn order-processing/payment', 'arn order-processing/PaymentDlqUrl --profile prod'],
  permissions: permissions.find,
  run: async ({ args: [text = ''], session }) => {
    const queue = await session.find(text);
    return { text: queue.arn, document: { name: queue.name, arn: queue.arn } };
  },
});
