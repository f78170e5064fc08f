import { EventBus } from '../../../../local/emulators/eventbridge/event-bus.ts';
import { transformed } from '../../../../local/emulators/eventbridge/input-transformer.ts';

interface Put {
  readonly queueArn: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function busTo(...queues: readonly string[]) {
  const put: Put[] = [];
  const bus = new EventBus({
    put: (queueArn: string, body: string, attributes = {}) => {
      if (!queues.includes(queueArn)) return false;
      put.push({ queueArn, body, attributes });
      return true;
    },
  } as never);
  const putEvents = (...Entries: object[]) =>
    bus.actions.get('AWSEvents.PutEvents')?.({
      action: 'AWSEvents.PutEvents',
      parameters: { Entries },
      region: 'us-east-1',
      isGone: () => false,
    });
  return { bus, put, putEvents };
}

const rule = {
  arn: 'rule',
  region: 'us-east-1',
  pattern: { source: ['aws.ec2'], detail: { state: ['stopped'] } },
};
const stopped = { Source: 'aws.ec2', DetailType: 'Change', Detail: '{"state":"stopped"}' };

it('hands an event to the rules that match it, in their region', () => {
  const { bus, put, putEvents } = busTo('queue');
  bus.addRule({ ...rule, targets: [{ Arn: 'queue' }] });
  bus.addRule({ ...rule, region: 'eu-west-1', targets: [{ Arn: 'queue' }] });

  const answer = putEvents(
    stopped,
    { ...stopped, Detail: '{"state":"running"}' },
    { ...stopped, Source: 'mine' },
  );

  expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}, {}] });
  expect(put.map(({ body }) => JSON.parse(body))).toMatchObject([
    { source: 'aws.ec2', 'detail-type': 'Change', detail: { state: 'stopped' }, region: 'us-east-1' },
  ]);
});

it('keeps the event as it is in the DLQ where the queue does not take it', () => {
  const { bus, put, putEvents } = busTo('dlq');
  bus.addRule({
    ...rule,
    targets: [{ Arn: 'gone', InputTransformer: { InputTemplate: '1' }, DeadLetterConfig: { Arn: 'dlq' } }],
  });

  putEvents(stopped);

  expect(put).toMatchObject([{ queueArn: 'dlq', attributes: { RULE_ARN: 'rule', TARGET_ARN: 'gone' } }]);
  expect(JSON.parse(put[0]?.body ?? '')).toMatchObject({ source: 'aws.ec2' });
});

it('says of each entry what is wrong with it', () => {
  const { putEvents } = busTo();
  expect(putEvents({ ...stopped, Detail: '[]' }, { Source: 'a', Detail: '{}' })).toMatchObject({
    FailedEntryCount: 2,
    Entries: [{ ErrorCode: 'MalformedDetail' }, { ErrorCode: 'InvalidArgument' }],
  });
  expect(() => putEvents()).toThrow('Entries must be 1 to 10 events.');
});

it('fills a template in with JSON, whatever the values hold', () => {
  const event = {
    id: '1',
    detail: { 'instance-id': 'i-1', reason: 'say "no"\n', size: 3, list: ['a', 'b'] },
  };
  const filled = transformed(event, {
    InputPathsMap: {
      id: '$.id',
      'detail-instance-id': '$.detail.instance-id',
      reason: '$.detail.reason',
      size: '$.detail.size',
      second: '$.detail.list[1]',
      nothing: '$.detail.nothing',
    },
    InputTemplate:
      '{"id":<id>,"i":<detail-instance-id>,"why":<reason>,"size":<size>,"second":<second>,"nothing":<nothing>}',
  });
  expect(JSON.parse(filled)).toEqual({
    id: '1',
    i: 'i-1',
    why: 'say "no"\n',
    size: 3,
    second: 'b',
    nothing: '',
  });
});
