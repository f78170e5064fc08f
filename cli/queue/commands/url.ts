import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';

export const url = defineCommand({
  name: 'url',
  summary: "tell a queue's URL",
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  examples: ['url order-processing/payment', 'url order-processing/payment/dlq --local'],
  permissions: permissions.find,
  run: async ({ args: [text = ''], session }) => {
    const queue = await session.find(text);
    return { text: queue.url, document: { name: queue.name, url: queue.url } };
  },
});
