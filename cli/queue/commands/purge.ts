import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { mayDestroy } from '../../command/safeguard.ts';
import { addSafeguardOptions, type SafeguardFlags } from '../../command/safeguard-options.ts';
import { counted } from '../../terminal/counted.ts';

export const purge = defineCommand<SafeguardFlags>({
  name: 'purge',
  summary: 'delete all messages in a queue',
  description:
    'For good: keep them before with `queue dlq export <queue> --out <file>`, from which `queue dlq import` ' +
    'brings them back. SQS takes one purge a minute, takes up to 60 seconds for it, and in that time deletes ' +
    'what was sent before, may still deliver some of it, and may delete what is sent meanwhile.',
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  options: addSafeguardOptions,
  examples: [
    'dlq export order-processing/payment/dlq --out payment-dlq.ndjson',
    'purge order-processing/payment/dlq',
    'purge order-processing-payment-dlq --confirm order-processing-payment-dlq',
  ],
  permissions: [...permissions.find, ...permissions.tags, ...permissions.purge],
  run: async ({ args: [text = ''], flags, session }) => {
    const queue = await session.find(text);
    const { visible, inFlight, delayed } = await session.queues.state(queue);
    const about = visible + inFlight + delayed;
    const what = `delete about ${counted(about, 'message')} in ${queue.name} for good`;
    const destruction = { queue, what, assumeYes: flags.yes ?? false, confirm: flags.confirm };
    if (!(await mayDestroy(session, destruction, session.interrupt))) {
      return {
        text: 'Nothing was deleted.',
        document: { outcome: 'declined', queue: queue.name },
        exitCode: 1,
      };
    }
    await session.administration.purge(queue);
    return {
      text: `SQS deletes about ${counted(about, 'message')} in ${queue.name}: give it up to 60 seconds, and do not count on what is sent meanwhile.`,
      document: { outcome: 'done', queue: queue.name, about },
    };
  },
});
