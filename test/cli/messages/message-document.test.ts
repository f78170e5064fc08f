import fc from 'fast-check';
import { contentDocument, MessageFormatError, parseMessage } from '../../../cli/messages/message-document.ts';
import type { MessageAttribute } from '../../../cli/queues/queues.ts';

const attribute: fc.Arbitrary<MessageAttribute> = fc.oneof(
  fc.record({ dataType: fc.constantFrom('String', 'Number', 'String.uuid'), value: fc.string() }),
  fc.record({
    dataType: fc.constantFrom('Binary', 'Binary.png'),
    value: fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
  }),
);

describe('a message as a line of JSON', () => {
  it('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), attribute, { noNullPrototype: true }),
        fc.option(fc.stringMatching(/^[\w-]{1,9}$/), { nil: undefined }),
        (body, attributes, groupId) => {
          const message = { body, attributes, ...(groupId !== undefined && { groupId }) };
          const { id, origin, ...read } = parseMessage(JSON.stringify(contentDocument(message)), '1');

          expect(read).toEqual(message);
        },
      ),
    );
  });

  it.each(['constructor', 'prototype', '__proto__'])('keeps an attribute named %s', name => {
    const line = `{"body":"a","attributes":{"${name}":"kept"}}`;

    expect(Object.entries(parseMessage(line, '1').attributes)).toEqual([
      [name, { dataType: 'String', value: 'kept' }],
    ]);
  });

  it('may be written by hand: a body in JSON, attributes as text and numbers', () => {
    expect(parseMessage('{"body":{"a":[1]},"attributes":{"eventType":"x","n":1.5}}', '7')).toEqual({
      id: '7',
      body: '{"a":[1]}',
      attributes: {
        eventType: { dataType: 'String', value: 'x' },
        n: { dataType: 'Number', value: '1.5' },
      },
      origin: {},
    });
  });

  it('tells where an exported one came from', () => {
    expect(
      parseMessage('{"body":"a","id":"m-1","queue":"arn:aws:sqs:x","sentAt":"1970-01-01T00:00:01.000Z"}', '1')
        .origin,
    ).toEqual({ messageId: 'm-1', queue: 'arn:aws:sqs:x', sentAt: 1000 });
  });

  it.each([
    ['not JSON', '{', /not JSON/],
    ['a list', '[]', /a message is an object|"body"/],
    ['no body', '{}', /"body"/],
    [
      'an attribute of another type',
      '{"body":"a","attributes":{"x":{"type":"Text","value":"1"}}}',
      /String, Number, Binary/,
    ],
    ['a delay of 901 seconds', '{"body":"a","delaySeconds":901}', /"delaySeconds"/],
    ['a group that is a number', '{"body":"a","groupId":1}', /"groupId"/],
  ])('fails with %s', (_, line, message) => {
    expect(() => parseMessage(line, '1')).toThrow(MessageFormatError);
    expect(() => parseMessage(line, '1')).toThrow(message);
  });
});
