import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ses from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { MailTemplate } from '../../contracts/mail.ts';
import type { FanOutTopic } from './fan-out-topic.ts';
import { placeName } from './place-name.ts';

export interface MailSenderProps {
  /**
   * Address that mails come from. It, or better its domain, is verified in SES once by a person: an identity
   * belongs to account and region, not to a stack that may go.
   *
   * @see https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
   */
  readonly from: string;

  /** The mail: subject and text with their placeholders. */
  readonly template: MailTemplate<string>;
}

/** What SES tells of mails: all that may end in a mail that is not read. */
const toldEvents = ['bounce', 'complaint', 'reject', 'renderingFailure'];

/**
 * Mails of one template, sent through SES over TLS only. Addresses that bounced or complained are put on the
 * account's suppression list, to which SES sends no more.
 */
export class MailSender extends Construct {
  readonly configurationSet: ses.ConfigurationSet;
  readonly #from: string;
  readonly #templateName: string;

  constructor(scope: Construct, id: string, props: MailSenderProps) {
    super(scope, id);
    this.#from = props.from;
    this.configurationSet = new ses.ConfigurationSet(this, 'Settings', {
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    // Named, since CloudFormation's documentation leaves open whether a reference is the name.
    this.#templateName = placeName(scope, id);
    new ses.CfnTemplate(this, 'Template', {
      template: {
        templateName: this.#templateName,
        subjectPart: props.template.subject,
        textPart: props.template.text,
      },
    });
  }

  /** What the function that sends has in its environment, as `mailEnvironment` asks for it. */
  get environment(): Record<'MAIL_FROM' | 'MAIL_CONFIGURATION_SET' | 'MAIL_TEMPLATE', string> {
    return {
      MAIL_FROM: this.#from,
      MAIL_CONFIGURATION_SET: this.configurationSet.configurationSetName,
      MAIL_TEMPLATE: this.#templateName,
    };
  }

  /**
   * Lets a principal send this mail, from this address and no other.
   *
   * @see https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
   */
  grantSend(grantee: iam.IGrantable): void {
    const identities = this.#arn('identity', '*');
    iam.Grant.addToPrincipal({
      grantee,
      // SES asks for the second where a template is named, though the call is the first.
      actions: ['ses:SendEmail', 'ses:SendTemplatedEmail'],
      resourceArns: [
        // Not the sender's alone: in the sandbox, SES asks for leave on the identities of recipients too.
        identities,
        this.#configurationSetArn,
        this.#arn('template', this.#templateName),
      ],
      conditions: { StringEquals: { 'ses:FromAddress': this.#from } },
    });
    const { grantPrincipal } = grantee;
    if (!Construct.isConstruct(grantPrincipal)) return;
    Validations.of(grantPrincipal).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      reason:
        'The condition names the address that mails come from; the identities of recipients are not known',
    });
  }

  /** Tells a topic of mails that bounced, were complained about, or could not be sent. */
  tellOf(topic: FanOutTopic<never>): void {
    const destination = new ses.CfnConfigurationSetEventDestination(this, `To${topic.node.id}`, {
      configurationSetName: this.configurationSet.configurationSetName,
      eventDestination: {
        enabled: true,
        matchingEventTypes: toldEvents,
        snsDestination: { topicArn: topic.topic.topicArn },
      },
    });
    destination.node.addDependency(
      topic.admit('ses.amazonaws.com', {
        sourceArn: this.#configurationSetArn,
        sourceAccount: Stack.of(this).account,
      }),
    );
  }

  get #configurationSetArn(): string {
    return this.#arn('configuration-set', this.configurationSet.configurationSetName);
  }

  #arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'ses',
      resource,
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
