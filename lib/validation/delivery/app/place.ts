/** The made-up account that a stack is deployed to, where it names none. */
export const account = '111122223333';
/** The region of a stack that names none. */
export const region = 'eu-west-1';

/** An account that nothing here has to do with, and a region where nothing here is. */
export const foreignAccount = '999999999999';
export const foreignRegion = 'ap-southeast-2';

/** Where a resource is, and by which name CloudFormation knows it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
}

/** The name that CloudFormation would give to a resource that has none of its own. */
export function generatedName({ stackName, logicalId }: Place): string {
  return `${stackName}-${logicalId}-1A2B3C4D5E6F`;
}

export interface ArnParts {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Whatever follows the account. */
  readonly resource: string;
}

/** The parts of an ARN; undefined where the text is none, or is not resolved that far. */
export function arnParts(text: unknown): ArnParts | undefined {
  if (typeof text !== 'string') return undefined;
  const [scheme, , service, arnRegion, arnAccount, ...resource] = text.split(':');
  if (scheme !== 'arn' || service === undefined || arnRegion === undefined || arnAccount === undefined) {
    return undefined;
  }
  return { service, region: arnRegion, account: arnAccount, resource: resource.join(':') };
}

/** The same ARN in another account or region, as far as it names one. */
export function arnElsewhere(
  arn: string,
  elsewhere: { readonly account?: string; readonly region?: string },
): string {
  const parts = arn.split(':');
  if (elsewhere.region && parts[3]) parts[3] = elsewhere.region;
  if (elsewhere.account && parts[4]) parts[4] = elsewhere.account;
  return parts.join(':');
}
