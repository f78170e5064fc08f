import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { mayDestroy } from '../../command/safeguard.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../../command/safeguard-options.ts';
import { counted } from '../../terminal/counted.ts';

export const deleteQueue = defineCommand<SafeguardFlags>({
  name: 'delete-queue',
  summary: 'delete a queue with its messages',
  description:
    'For good. Its name is free again a minute later. The queue of a stack is deleted by the stack: deleted ' +
    'here, the next deployment fails to find it.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: addSafeguardOptions,
  examples: ['delete-queue orders --local', 'delete-queue orders --yes'],
  permissions: [...permissions.find, ...permissions.tags, ...permissions.sources, ...permissions.remove],
  run: async ({ args: [text = ''], flags, session }) => {
    const queue = await session.find(text);
    const { visible, inFlight, delayed } = await session.queues.state(queue);
    const sources = await session.queues.sourcesOf(queue);
    const serves = sources.length > 0 ? `, the DLQ of ${sources.map(({ name }) => name).join(', ')},` : '';
    const what = `delete the queue ${queue.name}${serves} with about ${counted(visible + inFlight + delayed, 'message')} for good`;
    const destruction = { queue, what, assumeYes: flags.yes ?? false, confirm: flags.confirm };
    if (!(await mayDestroy(session, destruction, session.interrupt))) {
      return {
        text: 'Nothing was deleted.',
        document: { outcome: 'declined', queue: queue.name },
        exitCode: 1,
      };
    }
    await session.administration.remove(queue);
    return {
      text: `${queue.name} is deleted. Its name is free again in a minute.`,
      document: { outcome: 'done', queue: queue.name },
    };
  },
});
