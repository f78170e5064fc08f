import { SESv2Client, SendEmailCommand, type SendEmailCommandInput } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { topicValidation } from '../../../../contracts/mail-events.ts';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

let cloud: EndpointUnderTest;
let ses: SESv2Client;

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
  ses = new SESv2Client({
    endpoint: cloud.endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  cloud.endpoint.mail.addTemplate('us-east-1', 'tea', { subject: 'Tea, {{name}}?', text: 'Now, {{name}}.' });
  cloud.endpoint.mail.addConfigurationSet('us-east-1', 'kitchen');
});

afterAll(async () => {
  ses.destroy();
  await cloud.stop();
});

function send(to: string, more: Partial<SendEmailCommandInput> = {}) {
  return ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'kitchen@example.com',
      Destination: { ToAddresses: [to] },
      Content: { Template: { TemplateName: 'tea', TemplateData: '{"name":"Jane"}' } },
      ConfigurationSetName: 'kitchen',
      EmailTags: [{ Name: 'kind', Value: 'tea' }],
      ...more,
    }),
  );
}

describe('SES', () => {
  it('keeps a mail in the outbox as its recipient would read it', async () => {
    const { MessageId } = await send('jane@example.com');

    expect(cloud.endpoint.mail.outbox.find(({ id }) => id === MessageId)).toMatchObject({
      from: 'kitchen@example.com',
      to: ['jane@example.com'],
      subject: 'Tea, Jane?',
      text: 'Now, Jane.',
      configurationSet: 'kitchen',
      tags: { kind: 'tea' },
    });
  });

  it.each([
    ['BadRequestException', 'an address that is none', { Destination: { ToAddresses: ['jane'] } }],
    ['BadRequestException', 'no recipient', { Destination: { ToAddresses: [] } }],
    [
      'BadRequestException',
      'a value that is missing',
      { Content: { Template: { TemplateName: 'tea', TemplateData: '{}' } } },
    ],
    [
      'NotFoundException',
      'a template that is not there',
      { Content: { Template: { TemplateName: 'coffee' } } },
    ],
    ['NotFoundException', 'a configuration set that is not there', { ConfigurationSetName: 'cellar' }],
  ])('answers %s to %s', async (name, _what, input) => {
    await expect(send('jane@example.com', input)).rejects.toMatchObject({ name });
  });

  it.each([
    ['bounce+label@simulator.amazonses.com', ['Bounce']],
    ['complaint@simulator.amazonses.com', ['Complaint']],
    ['jane@example.com', []],
  ])('tells the topic of what became of a mail to %s', async (address, told) => {
    const name = `feedback-${told[0] ?? 'none'}`;
    const { TopicArn } = await cloud.sns.send(new CreateTopicCommand({ Name: name }));
    const queue = await cloud.createQueue(name);
    await cloud.sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: queue.arn,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    cloud.endpoint.mail.addConfigurationSet('us-east-1', name);
    cloud.endpoint.mail.addEventDestination('us-east-1', name, {
      topicArn: TopicArn ?? '',
      eventTypes: ['bounce', 'complaint'],
    });
    const [probe] = await cloud.receive(queue);
    expect(probe?.Body).toBe(topicValidation);

    const { MessageId } = await send(address, { ConfigurationSetName: name });
    // A second mail that always bounces: when it is told of, the first has been.
    await send('bounce@simulator.amazonses.com', { ConfigurationSetName: name });

    const events: { eventType: string; mail: { messageId: string; destination: string[]; tags: object } }[] =
      [];
    while (events.length <= told.length) {
      const messages = await cloud.receive(queue);
      events.push(...messages.map(({ Body = '' }) => JSON.parse(Body)));
    }
    const ofMail = events.filter(({ mail }) => mail.messageId === MessageId);
    expect(ofMail.map(({ eventType }) => eventType)).toEqual(told);
    for (const event of ofMail) {
      expect(event.mail).toMatchObject({ destination: [address], tags: { kind: ['tea'] } });
    }
  });
});
