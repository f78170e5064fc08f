import * as iam from 'aws-cdk-lib/aws-iam';
import { mailTemplate } from '../../../contracts/mail.ts';
import { FanOutTopic } from '../../../lib/constructs/fan-out-topic.ts';
import { MailSender } from '../../../lib/constructs/mail-sender.ts';
import { MessageKey } from '../../../lib/constructs/message-key.ts';
import { onlyResource, testStack } from '../../support/stack-template.ts';

const template = mailTemplate({ subject: 'Tea, {{name}}?', text: 'Now, {{name}}.', fields: ['name'] });

function makeSender() {
  const stack = testStack();
  return { stack, sender: new MailSender(stack, 'Tea', { from: 'kitchen@example.com', template }) };
}

interface Document {
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

describe('MailSender', () => {
  it('has its mail as a template of SES', () => {
    const { stack, sender } = makeSender();

    const { TemplateName, ...content } = onlyResource(stack, 'AWS::SES::Template').Properties
      .Template as Record<string, unknown>;
    expect(content).toEqual({ SubjectPart: template.subject, TextPart: template.text });
    expect(TemplateName).toBe(sender.environment.MAIL_TEMPLATE);
  });

  it('sends over TLS only, and no more to who bounced or complained', () => {
    expect(onlyResource(makeSender().stack, 'AWS::SES::ConfigurationSet').Properties).toMatchObject({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      ReputationOptions: { ReputationMetricsEnabled: true },
    });
  });

  it('lets send its own mail, from its own address', () => {
    const { stack, sender } = makeSender();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    sender.grantSend(role);

    const { Statement } = onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument as Document;
    expect(Statement).toHaveLength(1);
    expect(Statement[0]).toMatchObject({
      Action: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
      Condition: { StringEquals: { 'ses:FromAddress': 'kitchen@example.com' } },
    });
    const resources = JSON.stringify(Statement[0]?.Resource);
    for (const resource of ['identity/*', 'configuration-set/', 'template/orders-tea']) {
      expect(resources).toContain(resource);
    }
    expect(resources.match(/\*/g)).toHaveLength(1);
  });

  it('tells a topic of mails that nobody will read, and of those alone', () => {
    const { stack, sender } = makeSender();
    const key = new MessageKey(stack, 'Key', { description: 'Encrypts what SES tells' });
    sender.tellOf(new FanOutTopic(stack, 'Feedback', { key }));

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::SES::ConfigurationSetEventDestination');
    expect(Properties).toMatchObject({
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'reject', 'renderingFailure'],
      },
    });
    expect(JSON.stringify(DependsOn)).toMatch(/FeedbackTopicPolicy/);
    const { Statement } = onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument as Document;
    const admitted = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(admitted.map(({ Principal }) => Principal)).toContainEqual({ Service: 'ses.amazonaws.com' });
    expect(JSON.stringify(admitted)).toContain(':configuration-set/');
    expect(JSON.stringify(admitted)).toContain('"aws:SourceAccount"');
  });
});
