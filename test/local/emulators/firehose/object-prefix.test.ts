import { ObjectPrefix, UnsupportedPrefix } from '../../../../local/emulators/firehose/object-prefix.ts';

const arrivedAt = new Date('2026-11-01T23:59:58.500Z');

describe('a prefix', () => {
  it('has date, partition key and kind of error put in', () => {
    const prefix = new ObjectPrefix(
      '!{firehose:error-output-type}/date=!{timestamp:yyyy-MM-dd}/!{timestamp:HH}/type=!{partitionKeyFromQuery:type}/',
    );
    expect(
      prefix.evaluate({ arrivedAt, partitionKeys: { type: 'order_placed' }, errorOutputType: 'failed' }),
    ).toBe('failed/date=2026-11-01/23/type=order_placed/');
  });

  it('without an expression has the hour behind it', () => {
    expect(new ObjectPrefix('orders/').evaluate({ arrivedAt })).toBe('orders/2026/11/01/23/');
  });

  it.each(['!{timestamp:EEEE}', '!{firehose:random-string}', '!{partitionKeyFromLambda:type}'])(
    'is refused with %s',
    text => {
      expect(() => new ObjectPrefix(text)).toThrow(UnsupportedPrefix);
      expect(() => new ObjectPrefix(text)).toThrow(`${text} is not understood`);
    },
  );
});
