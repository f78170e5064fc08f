import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html */
const NAME_LIMIT = 64;

export const configurationSetProvider: ResourceProvider = {
  type: 'AWS::SES::ConfigurationSet',
  phase: 'stores',
  identify(resource) {
    return { ref: configurationSetName(resource), attributes: {} };
  },
  async provision(resource, { mail }) {
    mail.addConfigurationSet(resource.region, configurationSetName(resource));
  },
};

export const eventDestinationProvider: ResourceProvider = {
  type: 'AWS::SES::ConfigurationSetEventDestination',
  phase: 'wiring',
  identify(resource) {
    const id = physicalName(resource, undefined, { limit: NAME_LIMIT });
    return { ref: id, attributes: { Id: id } };
  },
  async provision(resource, services) {
    const { Enabled, MatchingEventTypes, SnsDestination } = resource.property('EventDestination') as {
      readonly Enabled?: boolean;
      readonly MatchingEventTypes: readonly string[];
      readonly SnsDestination?: { readonly TopicARN: string };
    };
    if (Enabled === false) return;
    if (SnsDestination === undefined) {
      services.note(resource, 'is told of nothing here: only topics are');
      return;
    }
    services.mail.addEventDestination(resource.region, textOf(resource, 'ConfigurationSetName'), {
      topicArn: SnsDestination.TopicARN,
      eventTypes: MatchingEventTypes,
    });
  },
};

export const mailTemplateProvider: ResourceProvider = {
  type: 'AWS::SES::Template',
  phase: 'stores',
  identify(resource) {
    const name = templateName(resource);
    return { ref: name, attributes: { Id: name } };
  },
  async provision(resource, { mail }) {
    const { SubjectPart: subject = '', TextPart: text = '' } = templateOf(resource);
    mail.addTemplate(resource.region, templateName(resource), { subject, text });
  },
};

function configurationSetName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
}

interface DeclaredTemplate {
  readonly TemplateName?: string;
  readonly SubjectPart?: string;
  readonly TextPart?: string;
}

function templateOf(resource: ResourceDeclaration): DeclaredTemplate {
  return (resource.property('Template') ?? {}) as DeclaredTemplate;
}

function templateName(resource: ResourceDeclaration): string {
  return physicalName(resource, templateOf(resource).TemplateName, { limit: NAME_LIMIT });
}
