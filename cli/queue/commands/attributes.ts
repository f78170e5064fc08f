import { permissions } from '../../aws/permissions.ts';
import { defineCommand } from '../../command/define-command.ts';
import { CommandFailure } from '../../command-errors.ts';

export const attributes = defineCommand({
  name: 'attributes',
  summary: "show a queue's settings and tags",
  args: { '<queue>': 'name, system/role, output, URL or ARN' },
  examples: ['attributes order-processing/payment', 'attributes order-processing/payment --json --local'],
  permissions: [...permissions.find, ...permissions.tags],
  run: async ({ args: [text = ''], session }) => {
    const { administration, terminal } = session;
    const queue = await session.find(text);
    const found = await administration.attributes(queue);
    // Whoever may not see tags still sees the rest.
    const tags = await administration.tags(queue).catch(fault => {
      if (!(fault instanceof CommandFailure)) throw fault;
      terminal.say(`Without tags: ${fault.message}`);
      return {};
    });
    const lines = [
      ...Object.entries(found).map(([name, value]) => [name, readable(name, value)] as const),
      ...Object.entries(tags).map(([name, value]) => [`tag ${name}`, value] as const),
    ].sort(([a], [b]) => a.localeCompare(b));
    const width = Math.max(...lines.map(([name]) => name.length));
    return {
      text: [queue.url, ...lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`)].join('\n'),
      document: { name: queue.name, url: queue.url, attributes: found, tags },
    };
  },
});

/** Times of day for SQS's seconds since 1970. */
function readable(name: string, value: string): string {
  return name.endsWith('Timestamp') ? new Date(Number(value) * 1000).toISOString() : value;
}
