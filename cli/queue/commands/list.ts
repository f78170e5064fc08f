import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { inParallel } from '../../queues/in-parallel.ts';
import { counted } from '../../terminal/counted.ts';
import { depthTable } from '../depth-table.ts';

interface Flags {
  readonly depth?: boolean;
}

export const list = defineCommand<Flags>({
  name: 'list',
  summary: 'list the queues of a region',
  args: { '[prefix]': 'how their names begin' },
  aboutQueue: false,
  options: command => command.option('--depth', 'with the number of messages in each'),
  examples: ['list --local', 'list order-processing --depth'],
  permissions: [...permissions.list, 'sqs:GetQueueAttributes, with --depth'],
  run: async ({ args: [prefix], flags, session: { administration } }) => {
    const queues = await administration.list(prefix);
    const rows = await inParallel(queues, async queue => {
      if (!flags.depth) return { name: queue.name, url: queue.url };
      const found = await administration.attributes(queue);
      return {
        name: queue.name,
        url: queue.url,
        visible: Number(found.ApproximateNumberOfMessages),
        inFlight: Number(found.ApproximateNumberOfMessagesNotVisible),
        delayed: Number(found.ApproximateNumberOfMessagesDelayed),
      };
    });
    const none = prefix ? `No queue's name begins with ${prefix}.` : 'There are no queues here.';
    return {
      text: rows.length > 0 ? `${depthTable(rows)}\n${counted(rows.length, 'queue')}` : none,
      document: { queues: rows },
    };
  },
});
