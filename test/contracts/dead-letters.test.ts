import { sendersAttributes } from '../../contracts/dead-letters.ts';

const text = (value: string) => ({ dataType: 'String', value });

describe('sendersAttributes', () => {
  it('keeps what the sender wrote, binary values included', () => {
    const attributes = {
      eventType: text('order_placed'),
      digest: { dataType: 'Binary', value: new Uint8Array([1, 2]) },
    };

    expect(sendersAttributes(attributes)).toEqual(attributes);
  });

  it('drops what dead-lettering wrote', () => {
    expect(
      sendersAttributes({
        eventType: text('order_placed'),
        RequestID: text('r'),
        ErrorCode: text('AWS.SimpleQueueService.NonExistentQueue'),
        ErrorMessage: text('gone'),
      }),
    ).toEqual({ eventType: text('order_placed') });
  });

  it("keeps a sender's own ErrorCode", () => {
    expect(sendersAttributes({ ErrorCode: text('E42') })).toEqual({ ErrorCode: text('E42') });
  });

  it('drops names that SQS refuses to take from a sender', () => {
    expect(sendersAttributes({ 'AWS.SNS.MessageId': text('m'), 'amazon.x': text('y') })).toEqual({});
  });
});
