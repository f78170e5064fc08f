import { inspect } from 'node:util';
import { inventoryEvents, paymentEvents } from '../../../contracts/orders.ts';
import { BadMessageError, UnknownEventTypeError } from '../../../lambda/shared/failures.ts';
import { parseEvent, parseJson, textField } from '../../../lambda/shared/message-body.ts';
import { orderPlaced, orderShipped } from '../../support/order-events.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('parseJson', () => {
  it('fails when the body is no JSON', () => {
    expect(() => parseJson('order 7')).toThrow(BadMessageError);
    expect(() => parseJson('order 7')).toThrow(/not JSON.*encode\(\)/);
  });

  it.each([
    'card_7hQ2',
    '{"card_token":card_7hQ2}',
    '{"card_token":"card_7hQ2" 1}',
    '{"card_token":"card_7hQ2',
  ])('does not repeat what is not JSON: %s', body => {
    const error = thrownBy(() => parseJson(body));

    expect(error).toBeInstanceOf(BadMessageError);
    expect(inspect(error)).not.toContain('7hQ2');
  });

  it('says where it stops being JSON, where that is known', () => {
    expect(() => parseJson('{"order_id":"1" 2}')).toThrow('from position 16 on');
  });
});

describe('parseEvent', () => {
  it('gives the event, typed by what was selected', () => {
    expect(parseEvent(orderShipped(), inventoryEvents)).toEqual(orderShipped());
  });

  it('fails when the type was not selected, and names those that were', () => {
    expect(() => parseEvent(orderShipped(), paymentEvents)).toThrow(UnknownEventTypeError);
    expect(() => parseEvent(orderShipped(), paymentEvents)).toThrow(
      /"order_shipped" is none .*\(order_placed, order_canceled\).*filter policy/,
    );
  });

  it('fails when fields are wrong, and names each', () => {
    const event = { ...orderPlaced(), total_minor: -5, items: [{ sku: 'TEAPOT', quantity: 0 }] };

    expect(() => parseEvent(event, paymentEvents)).toThrow(BadMessageError);
    expect(() => parseEvent(event, paymentEvents)).toThrow(/total_minor: .*items\.0\.quantity: /);
  });

  it.each([[null], [7], ['text'], [[]], [{}]])('fails when the content is %j', content => {
    expect(() => parseEvent(content, paymentEvents)).toThrow(BadMessageError);
  });

  it('tells that raw message delivery is off when it gets the envelope of SNS', () => {
    const envelope = { Type: 'Notification', MessageId: 'm', Message: JSON.stringify(orderPlaced()) };

    expect(() => parseEvent(envelope, paymentEvents)).toThrow(/Turn raw message delivery on/);
  });
});

describe('textField', () => {
  it('gives a text, and nothing of any other kind', () => {
    expect(textField({ order_id: '7' }, 'order_id')).toBe('7');
    expect(textField({ order_id: 7 }, 'order_id')).toBeUndefined();
    expect(textField('order_id', 'order_id')).toBeUndefined();
    expect(textField(null, 'order_id')).toBeUndefined();
  });

  it('keeps log lines short, whatever somebody sends', () => {
    expect(textField({ order_id: 'x'.repeat(100_000) }, 'order_id')).toHaveLength(128);
  });
});
