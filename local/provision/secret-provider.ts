import { randomBytes } from 'node:crypto';
import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const NAME_LIMIT = 512;

export const secretProvider: ResourceProvider = {
  type: 'AWS::SecretsManager::Secret',
  phase: 'stores',
  identify(resource) {
    const arn = secretArn(resource);
    return { ref: arn, attributes: { Id: arn } };
  },
  async provision(resource, { secrets }) {
    secrets.add(secretArn(resource), secretName(resource), initialValue(resource));
  },
};

interface Generation {
  readonly PasswordLength?: number;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

/** What the template says, or something random: as it says. */
function initialValue(resource: ResourceDeclaration): string {
  const value = resource.property('SecretString');
  if (typeof value === 'string') return value;
  const {
    PasswordLength: length = 32,
    SecretStringTemplate: template,
    GenerateStringKey: key,
  } = (resource.property('GenerateSecretString') ?? {}) as Generation;
  const random = randomBytes(length).toString('hex').slice(0, length);
  if (template === undefined || key === undefined) return random;
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: random });
}

/** Secrets Manager ends an ARN with six random characters; part of the logical id stands for them. */
function secretArn(resource: ResourceDeclaration): string {
  const ending = resource.logicalId.slice(-6);
  return `arn:aws:secretsmanager:${resource.region}:${ACCOUNT_ID}:secret:${secretName(resource)}-${ending}`;
}

function secretName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('Name'), { limit: NAME_LIMIT });
}
