import fc from 'fast-check';
import { payloadSizeAttribute } from '../../../contracts/claim-check.ts';
import { EventTooLargeError } from '../../../lambda/shared/failures.ts';
import { messageConsumer } from '../../../lambda/shared/message-consumer.ts';
import { fitted, messageBytes } from '../../../lambda/shared/outgoing-message.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { catchLogLines } from '../../support/log-lines.ts';
import { sqsRecord } from '../../support/sqs-records.ts';
import { StoredPayloads } from '../../support/stored-payloads.ts';

process.env.POWERTOOLS_SERVICE_NAME = 'letters';
process.env.POWERTOOLS_METRICS_NAMESPACE = 'Letters';

const maxBytes = 300;

describe('fitted', () => {
  it('leaves a message alone that fits exactly, and stores nothing', async () => {
    const payloads = new StoredPayloads();
    const message = { body: `"${'x'.repeat(maxBytes - 2)}"`, attributes: {} };

    const sent = await fitted('It', message, {
      service: 'SQS',
      maxBytes,
      claimCheck: payloads.claimCheck(),
    });

    expect(sent).toEqual(message);
    expect(payloads.objects.size).toBe(0);
  });

  it('fails without a claim check, and says where to get one', async () => {
    const sending = fitted(
      'The message',
      { body: 'x'.repeat(maxBytes), attributes: { a: 'b' } },
      { service: 'SQS', maxBytes },
    );

    await expect(sending).rejects.toThrow(EventTooLargeError);
    await expect(sending).rejects.toThrow(
      'The message is 308 bytes with its attributes; SQS takes 300. Give its sender a claim check, ' +
        'and its stack a PayloadBucket: see docs/claim-check.md.',
    );
  });

  it('brings whatever is sent to its consumer unchanged, in a message that fits', async () => {
    catchLogLines();
    const attributes = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), {
      maxKeys: 3,
    });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.nat(maxBytes), attributes, async (value, padding, texts) => {
        const payloads = new StoredPayloads();
        const content = [value, '€'.repeat(padding)];
        const body = JSON.stringify(content);

        const sent = await fitted(
          'It',
          { body, attributes: texts },
          { service: 'SQS', maxBytes, claimCheck: payloads.claimCheck() },
        );

        expect(messageBytes(sent)).toBeLessThanOrEqual(maxBytes);
        expect(payloads.objects.size).toBe(payloadSizeAttribute in sent.attributes ? 1 : 0);
        for (const [name, text] of Object.entries(texts)) {
          expect(sent.attributes[name]).toEqual({ DataType: 'String', StringValue: text });
        }
        const received: unknown[] = [];
        const consumer = messageConsumer({
          claimCheck: payloads.claimCheck(),
          parse: parsed => [parsed],
          subjectOf: () => ({}),
          handle: async message => {
            received.push(message);
            return { outcome: 'read' };
          },
        });
        await consumer(
          {
            Records: [
              sqsRecord(sent.body, {
                messageAttributes: Object.fromEntries(
                  Object.entries(sent.attributes).map(([name, { DataType, StringValue }]) => [
                    name,
                    {
                      dataType: DataType,
                      stringValue: StringValue,
                      stringListValues: [],
                      binaryListValues: [],
                    },
                  ]),
                ),
              }),
            ],
          },
          lambdaContext(),
        );
        expect(received).toEqual([JSON.parse(body)]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('messageBytes', () => {
  it('counts bytes, not characters, and name, type and value of attributes too', () => {
    const attributes = { eventType: { DataType: 'String', StringValue: '€' } } as const;

    expect(messageBytes({ body: '{"a":"é€"}', attributes })).toBe(13 + 'eventTypeString'.length + 3);
  });
});
