/** The made-up account that a stack is deployed to, where it names none. */
export const account = '111122223333';
/** The region of a stack that names none. */
export const region = 'eu-west-1';

/** An account that nothing here has to do with, and a region where nothing here is. */
export const foreignAccount = '999999999999';
export const foreignRegion = 'ap-southeast-2';

/** What CloudFormation would add to a name to make it unique. */
const uniqueSuffix = '1A2B3C4D5E6F';

/** Where a resource is, and by which name CloudFormation knows it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
}

/** The name that CloudFormation gives to a resource that has none of its own. */
export function generatedName({ stackName, logicalId }: Place): string {
  return `${stackName}-${logicalId}-${uniqueSuffix}`;
}

/** The parts of an ARN that say where a resource is. */
export interface ArnParts {
  readonly region: string;
  readonly account: string;
}

/** @throws Error when the text is no ARN. */
export function arnParts(arn: string): ArnParts {
  const [scheme, , , arnRegion, arnAccount] = arn.split(':');
  if (scheme !== 'arn' || arnRegion === undefined || arnAccount === undefined) {
    throw new Error(`"${arn}" is not an ARN: expected arn:partition:service:region:account:resource.`);
  }
  return { region: arnRegion, account: arnAccount };
}

/** The same ARN in another account or region, as far as it names one. */
export function arnElsewhere(arn: string, elsewhere: Partial<ArnParts>): string {
  const parts = arn.split(':');
  const [, , , arnRegion, arnAccount] = parts;
  if (elsewhere.region && arnRegion) parts[3] = elsewhere.region;
  if (elsewhere.account && arnAccount) parts[4] = elsewhere.account;
  return parts.join(':');
}
