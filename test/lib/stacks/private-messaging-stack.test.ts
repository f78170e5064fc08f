import { eventTypeAttribute } from '../../../contracts/events.ts';
import { noticeEvents } from '../../../contracts/private-messaging.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const dev = systemTemplate('private-messaging', 'dev');
const prod = systemTemplate('private-messaging', 'prod');

const ofType = (type: string) => resourcesOfType(dev, type);

/** The one resource of a type whose properties have a text in them. */
function only(type: string, text = '') {
  const found = ofType(type).filter(([, { Properties }]) => JSON.stringify(Properties).includes(text));
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one such ${type}, found ${found.length}`);
  return { id: first[0], properties: first[1].Properties };
}

/** A value with a word in the place of each reference. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::Base64': base64 } = (value ?? {}) as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::Base64'?: unknown;
  };
  if (base64 !== undefined) return textOf(base64);
  if (join) return join[1].map(textOf).join(join[0]);
  return `<${referredId(value)}>`;
}

const outputOf = (name: string) => textOf(dev.Outputs?.[name]?.Value);

const inbox = only('AWS::SQS::Queue', '"QueueName":"private-messaging-inbox"');
const instance = only('AWS::EC2::Instance');
const notices = only('AWS::SNS::Subscription', 'RawMessageDelivery').properties.TopicArn;

describe('the network', () => {
  it('reaches queues, topics and Session Manager, S3 and DynamoDB, and nothing else', () => {
    const reached = ofType('AWS::EC2::VPCEndpoint').map(([, { Properties }]) => [
      Properties.VpcEndpointType,
      textOf(Properties.ServiceName).replace('com.amazonaws.<AWS::Region>.', ''),
    ]);
    expect(reached.sort()).toEqual([
      ['Gateway', 'dynamodb'],
      ['Gateway', 's3'],
      ['Interface', 'sns'],
      ['Interface', 'sqs'],
      ['Interface', 'ssm'],
      ['Interface', 'ssmmessages'],
    ]);
    expect(ofType('AWS::EC2::InternetGateway')).toEqual([]);
    expect(ofType('AWS::EC2::NatGateway')).toEqual([]);
    expect(ofType('AWS::EC2::Route')).toEqual([]);
  });

  it('has nothing in its default security group', () => {
    const groups = ofType('AWS::EC2::SecurityGroup').map(([id]) => id);
    const bearers = [
      instance.properties.SecurityGroupIds,
      ...ofType('AWS::EC2::VPCEndpoint')
        .filter(([, { Properties }]) => Properties.VpcEndpointType === 'Interface')
        .map(([, { Properties }]) => Properties.SecurityGroupIds),
    ];
    for (const bearer of bearers as unknown[][]) {
      expect(bearer).toHaveLength(1);
      expect(groups).toContain(referredId(bearer[0]));
    }
  });
});

describe('the inbox', () => {
  it('is subscribed to notices of the type that there is', () => {
    const { properties } = only('AWS::SNS::Subscription', 'RawMessageDelivery');
    expect(referredId(properties.Endpoint)).toBe(inbox.id);
    expect(properties.FilterPolicy).toEqual({ [eventTypeAttribute]: Object.keys(noticeEvents.schemas) });
  });

  it.each(ofType('AWS::SQS::Queue').map(([id]) => id))('%s lets messages through its endpoint alone', id => {
    const { Statement } = only('AWS::SQS::QueuePolicy', `"Queues":[{"Ref":"${id}"}]`).properties
      .PolicyDocument as { Statement: { Sid?: string; Condition: { StringNotEquals: object } }[] };
    const denial = Statement.find(({ Sid }) => Sid === 'OnlyThroughTheEndpoint');
    const endpoint = only('AWS::EC2::VPCEndpoint', '".sqs"');
    expect(denial?.Condition.StringNotEquals).toEqual({ 'aws:SourceVpce': { Ref: endpoint.id } });
  });
});

describe('the instance', () => {
  const commands = textOf(instance.properties.UserData);

  it('has every call ready that there is to try', () => {
    const names = [...commands.matchAll(/^cat > \/usr\/local\/bin\/(\S+)/gm)].map(([, name]) => name);
    expect(names).toEqual(['send-message', 'receive-message', 'delete-message', 'publish-notice']);
  });

  it('sends to the inbox, and publishes what the inbox is subscribed to', () => {
    const queue = `--region <AWS::Region> --queue-url <${inbox.id}>`;
    expect(commands).toContain(`aws sqs send-message ${queue} --message-body "$1"`);
    expect(commands).toContain(`aws sqs receive-message ${queue}`);
    expect(commands).toContain(`aws sqs delete-message ${queue} --receipt-handle "$1"`);
    expect(commands).toContain(`aws sns publish --region <AWS::Region> --topic-arn <${referredId(notices)}>`);
    const [, attributes = ''] = commands.match(/--message-attributes '([^']+)'/) ?? [];
    expect(JSON.parse(attributes)).toEqual({
      [eventTypeAttribute]: { DataType: 'String', StringValue: 'notice_posted' },
    });
  });

  it('is opened by a command that the stack gives out, with one to try there', () => {
    expect(outputOf('SessionCommand')).toBe(
      `aws ssm start-session --target <${instance.id}> --region <AWS::Region>`,
    );
    expect(outputOf('SendCommand')).toBe(
      `aws sqs send-message --region <AWS::Region> --queue-url <${inbox.id}> --message-body 'Hello'`,
    );
    expect(outputOf('InboxQueueUrl')).toBe(`<${inbox.id}>`);
    expect(outputOf('NoticesTopicArn')).toBe(`<${referredId(notices)}>`);
  });
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });
});
