import { UsageError } from '../../../cli/command-errors.ts';
import { parseQueueAddress } from '../../../cli/queues/queue-address.ts';

const name = 'order-processing-payment';

describe('parseQueueAddress', () => {
  it.each([
    ['a name', name, { name }],
    ['a FIFO name', 'order-ledger-events.fifo', { name: 'order-ledger-events.fifo' }],
    ['stack/queue', 'order-processing/payment', { name }],
    [
      'an ARN',
      `arn:aws:sqs:eu-west-1:111122223333:${name}`,
      { name, region: 'eu-west-1', accountId: '111122223333' },
    ],
    [
      'an ARN of another partition',
      `arn:aws-cn:sqs:cn-north-1:111122223333:${name}`,
      { name, region: 'cn-north-1', accountId: '111122223333' },
    ],
    [
      'a URL',
      `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`,
      { name, region: 'eu-west-1', accountId: '111122223333' },
    ],
    [
      'a URL of an older form',
      `https://eu-west-1.queue.amazonaws.com/111122223333/${name}`,
      { name, region: 'eu-west-1', accountId: '111122223333' },
    ],
    [
      'a URL of a VPC endpoint',
      `https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/111122223333/${name}`,
      { name, region: 'eu-west-1', accountId: '111122223333' },
    ],
    [
      'a local URL, which also says where to go',
      `http://127.0.0.1:4566/000000000000/${name}`,
      { name, accountId: '000000000000', endpoint: 'http://127.0.0.1:4566' },
    ],
  ])('reads %s', (_, text, expected) => {
    expect(parseQueueAddress(text)).toEqual({ text, ...expected });
  });

  it.each([
    ['nothing', ''],
    ['a name with a space', 'order processing'],
    ['a name of 81 characters', 'x'.repeat(81)],
    ['a path of three', 'a/b/c'],
    ['half a path', 'order-processing/'],
    ['the ARN of a topic', 'arn:aws:sns:eu-west-1:111122223333:orders'],
    ['an ARN without a name', 'arn:aws:sqs:eu-west-1:111122223333:'],
    ['a URL without an account', `https://sqs.eu-west-1.amazonaws.com/${name}`],
    ['a URL that is none', 'http://'],
  ])('fails with %s, and shows what is understood', (_, text) => {
    expect(() => parseQueueAddress(text)).toThrow(UsageError);
    expect(() => parseQueueAddress(text)).toThrow(/order-processing\/payment/);
  });
});
