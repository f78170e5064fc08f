import { ArnFormat, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/** What one statement of an endpoint's policy lets through. */
interface Passage {
  readonly actions: readonly string[];
  /** Resources as service, resource and separator; without them, any: the action knows none. */
  readonly resources?: readonly { readonly service: string; readonly resource: string }[];
  /** A service of AWS that acts in the network for this account. @default - principals of this account */
  readonly by?: string;
}

/** A service's own calls, on what belongs to this account. */
function own(service: string, resource = '*'): Passage {
  return { actions: [`${service}:*`], resources: [{ service, resource }] };
}

/**
 * What passes through the interface endpoint of each service. Where a service lets accounts share
 * resources, the resources are named, so that nobody inside can carry data to another account's queue.
 */
const passages = {
  sqs: [own('sqs')],
  sns: [own('sns')],
  kms: [own('kms', 'key/*')],
  // Pollers of event source mappings, which are Lambda's own.
  lambda: [
    { ...own('lambda', 'function:*'), actions: ['lambda:InvokeFunction'], by: 'lambda.amazonaws.com' },
  ],
  logs: [own('logs')],
  monitoring: [{ actions: ['cloudwatch:PutMetricData'] }],
  autoscaling: [own('autoscaling')],
  secretsmanager: [own('secretsmanager', 'secret:*')],
  states: [own('states')],
  // Those pollers again, who become the role of the function that they poll for.
  sts: [{ ...own('iam', 'role/*'), actions: ['sts:AssumeRole'], by: 'lambda.amazonaws.com' }],
  // The agent reports itself; parameters, documents and sessions are the account's own.
  ssm: [{ actions: ['ssm:UpdateInstanceInformation'] }, own('ssm')],
  ssmmessages: [
    {
      actions: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
    },
  ],
  ec2messages: [{ actions: ['ec2messages:*'] }],
  'ecr.api': [{ actions: ['ecr:GetAuthorizationToken'] }, own('ecr', 'repository/*')],
  'ecr.dkr': [{ actions: ['ecr:GetAuthorizationToken'] }, own('ecr', 'repository/*')],
} satisfies Record<string, readonly Passage[]>;

/** Services that a private network can reach, as `com.amazonaws.<region>.<name>` names them. */
export type EndpointService = keyof typeof passages;

/** What Session Manager needs; the agent falls back on `ec2messages` only where `ssmmessages` is refused. */
export const sessionManagerServices = ['ssm', 'ssmmessages'] as const satisfies readonly EndpointService[];

/** What a container on Fargate needs to start: its image and its log. */
export const containerServices = ['ecr.api', 'ecr.dkr', 'logs'] as const satisfies readonly EndpointService[];

/**
 * Statements of an endpoint's policy: principals of this account, on resources of this account in this
 * region, and nothing else. Identity and resource policies decide further.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
export function endpointPolicy(stack: Stack, service: EndpointService): iam.PolicyStatement[] {
  return (passages[service] as readonly Passage[]).map(
    ({ actions, resources, by }) =>
      new iam.PolicyStatement({
        principals: [by === undefined ? new iam.StarPrincipal() : new iam.ServicePrincipal(by)],
        actions: [...actions],
        resources: resources?.map(({ service, resource }) =>
          stack.formatArn({
            service,
            resource,
            arnFormat: ArnFormat.NO_RESOURCE_NAME,
            ...(service === 'iam' && { region: '' }),
          }),
        ) ?? ['*'],
        // A service is of no account: what it reaches is this account's.
        ...(by === undefined && { conditions: callersOf(stack) }),
      }),
  );
}

/** Holds for principals of the stack's account. */
export function callersOf(stack: Stack): iam.Conditions {
  return { StringEquals: { 'aws:PrincipalAccount': stack.account } };
}
