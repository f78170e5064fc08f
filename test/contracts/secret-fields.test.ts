import { inspect } from 'node:util';
import * as v from 'valibot';
import { EventFamily, event } from '../../contracts/events.ts';
import {
  cardToken,
  type OrderPlaced,
  orderEvents,
  paymentEvents,
  placeOrderRequest,
} from '../../contracts/orders.ts';
import { type EncryptedField, SecretText } from '../../contracts/secret-fields.ts';
import { encryptedCardToken, orderPlaced } from '../support/order-events.ts';

const token = 'card_7hQ2mZ0xVt';
const order = { order_id: '12345', customer: 'John Doe', total: 99.99 };

describe('SecretText', () => {
  const secret = new SecretText(token);

  it('gives its text to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe(token);
  });

  it.each([
    ['printed', () => `${secret}`],
    ['serialized', () => JSON.stringify({ secret })],
    ['inspected', () => inspect({ secret }, { depth: Number.POSITIVE_INFINITY, showHidden: true })],
    ['spread', () => JSON.stringify({ ...secret })],
  ])('keeps it when it is %s', (_how, print) => {
    expect(print()).not.toContain(token);
  });
});

describe('a card token that is posted', () => {
  it('may be left out', () => {
    expect(v.parse(placeOrderRequest, order)).not.toHaveProperty('card_token');
  });

  it('is secret from there on', () => {
    const { card_token } = v.parse(placeOrderRequest, { ...order, card_token: token });
    expect(card_token).toBeInstanceOf(SecretText);
    expect(card_token?.reveal()).toBe(token);
  });

  it.each([
    ['a card number', '4111111111111111'],
    ['a card number with hyphens', '4111-1111-1111-1111'],
    ['a card number as a number', 4_111_111_111_111_111],
    ['too short', 'card_1x'],
    ['too long', `card_${'x'.repeat(251)}`],
    ['of several words', 'card 7hQ2mZ0xVt'],
    ['an object', { number: '4111111111111111' }],
    ['null', null],
  ])('is refused when it is %s, and not repeated', (_what, card_token) => {
    const { issues = [] } = v.safeParse(placeOrderRequest, { ...order, card_token });
    expect(issues.map(issue => [v.getDotPath(issue), issue.message])).toEqual([
      ['card_token', expect.stringMatching(/^Invalid card token: expected/)],
    ]);
    for (const { message } of issues) expect(message).not.toMatch(/4[\d_-]*111|7hQ2|card_[1x]/);
  });
});

describe('a card token in an event', () => {
  const parsed = (card_token: unknown) => v.safeParse(paymentEvents.schema, { ...orderPlaced(), card_token });

  it('may be missing: events that were sent before there was one stay valid', () => {
    expect(v.parse(paymentEvents.schema, orderPlaced())).toEqual(orderPlaced());
  });

  it('is encrypted', () => {
    expect(parsed(encryptedCardToken).success).toBe(true);
  });

  it.each([
    ['plain', token],
    ['plain in the place of the ciphertext', { ciphertext: token }],
    ['in base64 only', { ciphertext: Buffer.from(token).toString('base64') }],
    ['masked', new SecretText(token).toJSON()],
    ['empty', {}],
    ['null', null],
  ])('is refused when it is %s, and not repeated', (_what, card_token) => {
    const { issues = [] } = parsed(card_token);
    expect(issues.map(({ message }) => message)).toEqual([
      'Invalid card_token: expected it encrypted, as { ciphertext }',
    ]);
  });

  it('cannot be plain for the compiler', () => {
    const plain: Partial<OrderPlaced>[] = [
      // @ts-expect-error a text is not encrypted
      { card_token: token },
      // @ts-expect-error nor is one that is called so
      { card_token: { ciphertext: token } },
      // @ts-expect-error nor is one that is kept from being printed
      { card_token: new SecretText(token) },
    ];
    expect(plain).toHaveLength(3);
  });

  it.each([
    ['plain', token],
    ['in the place of the ciphertext', { ciphertext: token }],
  ])('is not sent when it is %s, whatever the compiler was told', (_what, card_token) => {
    const cast = { ...orderPlaced(), card_token: card_token as unknown as EncryptedField<'card_token'> };
    expect(() => orderEvents.encode(cast)).toThrow(/^card_token must be encrypted/);
  });

  it('is sent encrypted', () => {
    const { body } = orderEvents.encode(orderPlaced({ card_token: encryptedCardToken }));
    expect(JSON.parse(body)).toMatchObject({ card_token: encryptedCardToken });
  });

  it('must be encrypted where it is required, too', () => {
    const family = new EventFamily({ paid: event('paid', { card_token: cardToken.encrypted }) });
    const cast = { event_type: 'paid', correlation_id: '1', card_token: token } as const;
    expect(() => family.encode(cast as never)).toThrow(TypeError);
  });
});

describe('the context of a card token', () => {
  it('is the event type, the field and the order', () => {
    expect(cardToken.contextOf(orderPlaced({ order_id: '7' }))).toEqual({
      event_type: 'order_placed',
      field: 'card_token',
      order_id: '7',
    });
  });
});
