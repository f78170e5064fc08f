import { ArnFormat, Aws, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { deliveredFor } from './delivery-source.ts';
import { callersOf, type EndpointService, endpointPolicy } from './network/endpoint-services.ts';
import { validateProps, within } from './validation.ts';

const https = ec2.Port.tcp(443);

export interface PrivateNetworkProps {
  /**
   * Services to reach: one interface endpoint each, paid by zone and hour. S3 and DynamoDB are reached
   * through gateway endpoints, free of charge, and need not be named.
   */
  readonly services: readonly EndpointService[];

  /**
   * Availability zones, 2 to 6, with a subnet and an address of each endpoint in each. A region must
   * have so many: all have three but us-west-1, whose newer accounts have two.
   *
   * @default 2
   */
  readonly zones?: number;

  /**
   * Addresses of the network, with a prefix from /16 to /24.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /** @default RetentionDays.ONE_WEEK */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the flow log when the stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly logRemovalPolicy?: RemovalPolicy;
}

/** What may be done with the objects of a bucket: S3's names of its calls. */
export type ObjectAction = 'GetObject' | 'GetObjectVersion' | 'PutObject' | 'DeleteObject' | 'ListBucket';

/**
 * Network without a way to the internet: isolated subnets, no NAT, no internet gateway. AWS services
 * are reached through endpoints whose policies let this account's principals get at this account's
 * resources, and through nothing else. Flow logs keep who talked to whom.
 *
 * @throws PropsError when a prop is out of range.
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/what-is-privatelink.html
 */
export class PrivateNetwork extends Construct {
  readonly vpc: ec2.IVpc;
  readonly flowLog: logs.LogGroup;
  readonly #endpoints: ReadonlyMap<EndpointService, ec2.InterfaceVpcEndpoint>;
  readonly #endpointGroup: ec2.SecurityGroup;
  readonly #s3: ec2.GatewayVpcEndpoint;

  constructor(scope: Construct, id: string, props: PrivateNetworkProps) {
    const zones = props.zones ?? 2;
    const cidr = props.cidr ?? '10.0.0.0/16';
    const repeated = props.services.filter((service, index) => props.services.indexOf(service) !== index);
    validateProps(scope, id, [
      {
        prop: 'zones',
        value: zones,
        holds: Number.isInteger(zones) && within(zones, 2, 6),
        allowed: 'a whole number from 2 to 6',
        remedy: 'One zone alone takes everything down with it.',
      },
      {
        prop: 'cidr',
        value: cidr,
        holds: /^(\d{1,3}\.){3}\d{1,3}\/(1[6-9]|2[0-4])$/.test(cidr),
        allowed: 'IPv4 addresses with a prefix from /16 to /24',
        remedy: 'Give a range such as 10.0.0.0/16.',
      },
      {
        prop: 'services',
        value: repeated.join(', '),
        holds: repeated.length === 0,
        allowed: 'each service once',
        remedy: 'Private DNS allows one endpoint a service.',
      },
    ]);
    super(scope, id);
    const stack = Stack.of(this);

    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      // By their place in the region's list, known when the stack is deployed: never looked up.
      availabilityZones: Array.from({ length: zones }, (_, zone) => Fn.select(zone, Fn.getAzs())),
      natGateways: 0,
      createInternetGateway: false,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      // CloudFormation cannot take rules away from a group that it did not make, and CDK's way is a function
      // with a role of AWS's, kept for ever for one call. The default group opens nothing here: endpoints
      // admit groups by name, and every resource names its group.
      restrictDefaultSecurityGroup: false,
    });
    // `Vpc` declares optional properties as possibly undefined, its interface does not.
    this.vpc = vpc as ec2.IVpc;

    this.flowLog = new logs.LogGroup(this, 'FlowLog', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.vpc.addFlowLog('Flows', {
      destination: ec2.FlowLogDestination.toCloudWatchLogs(this.flowLog, this.#flowLogRole(stack)),
      trafficType: ec2.FlowLogTrafficType.ALL,
    });

    this.#endpointGroup = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Endpoints: HTTPS from the groups that were admitted',
      allowAllOutbound: false,
    });
    this.#endpoints = new Map(
      props.services.map(service => {
        const endpoint = this.vpc.addInterfaceEndpoint(endpointId(service), {
          service: new ec2.InterfaceVpcEndpointAwsService(service),
          privateDnsEnabled: true,
          securityGroups: [this.#endpointGroup],
          open: false,
        });
        for (const statement of endpointPolicy(stack, service)) endpoint.addToPolicy(statement);
        return [service, endpoint];
      }),
    );

    this.#s3 = this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    this.#s3.addToPolicy(
      new iam.PolicyStatement({
        sid: 'AmazonLinuxPackages',
        // dnf signs nothing, so there is no principal to ask for; it verifies what it gets by GPG.
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::al2023-repos-${Aws.REGION}-de612dc2/*`],
      }),
    );
    const dynamodb = this.vpc.addGatewayEndpoint('DynamoDb', {
      service: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
    });
    dynamodb.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: ['dynamodb:*'],
        resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: '*' })],
        conditions: callersOf(stack),
      }),
    );
  }

  /**
   * The interface endpoint of a service.
   *
   * @throws Error when the network was made without it.
   */
  endpoint(service: EndpointService): ec2.InterfaceVpcEndpoint {
    const endpoint = this.#endpoints.get(service);
    if (!endpoint) {
      throw new Error(
        `${this.node.path} has no endpoint of ${service}; it has: ${[...this.#endpoints.keys()].join(', ')}. Name it in services.`,
      );
    }
    return endpoint;
  }

  /**
   * Makes a security group whose bearers reach the endpoints over HTTPS and let nobody in.
   *
   * Its way out names no address: S3 and DynamoDB answer from ranges whose list has another id in every
   * region, and the subnets have no route to anything else.
   */
  clientGroup(scope: Construct, id: string, description: string): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(scope, id, {
      vpc: this.vpc,
      description,
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), https, 'Endpoints: there is no route to anything else');
    this.#endpointGroup.addIngressRule(group, https, description);
    return group;
  }

  /** Lets this account's principals make the named calls on a bucket through the gateway endpoint. */
  admitBucket(bucket: IBucketRef, ...actions: ObjectAction[]): void {
    const stack = Stack.of(this);
    const { bucketArn } = bucket.bucketRef;
    this.#s3.addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.AnyPrincipal()],
        actions: actions.map(action => `s3:${action}`),
        resources: [
          ...(actions.includes('ListBucket') ? [bucketArn] : []),
          ...(actions.some(action => action !== 'ListBucket') ? [`${bucketArn}/*`] : []),
        ],
        conditions: callersOf(stack),
      }),
    );
  }

  /**
   * Lets image layers through, which ECR keeps in a bucket of its own.
   *
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
   */
  admitImageLayers(): void {
    this.#s3.addToPolicy(
      new iam.PolicyStatement({
        sid: 'ImageLayers',
        // ECR signs the addresses of layers itself, as a principal of its own account.
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
      }),
    );
  }

  #flowLogRole(stack: Stack): iam.Role {
    return new iam.Role(this, 'FlowLogRole', {
      description: `Lets flow logs of ${stack.stackName} be written`,
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: deliveredFor({
          sourceArn: stack.formatArn({
            service: 'ec2',
            resource: 'vpc-flow-log',
            resourceName: '*',
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
          sourceAccount: stack.account,
        }),
      }),
    });
  }
}

/** `ecr.api` → `EcrApi`. */
function endpointId(service: EndpointService): string {
  return service
    .split('.')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
