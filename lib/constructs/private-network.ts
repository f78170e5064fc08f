import { Aws, Fn, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { deliveredFor } from './delivery-source.ts';
import { callersOf, type EndpointService, endpointPolicy } from './network/endpoint-services.ts';
import { validateProps, within } from './validation.ts';

const https = ec2.Port.tcp(443);

/** Ranges that a network's addresses are divided into; as many zones fit. */
const rangesOfNetwork = 8;

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
export type ObjectAction =
  | 'GetObject'
  | 'GetObjectVersion'
  | 'PutObject'
  | 'DeleteObject'
  | 'ListBucket'
  | 'ListBucketVersions';

/** Those that are asked of the bucket, not of an object in it. */
const ofTheBucket: readonly ObjectAction[] = ['ListBucket', 'ListBucketVersions'];

/**
 * Network without a way to the internet: isolated subnets, no NAT, no internet gateway. AWS services
 * are reached through endpoints whose policies let this account's principals get at this account's
 * resources, and through nothing else. Flow logs keep who talked to whom.
 *
 * The network's default security group keeps the rules that AWS gives it: CloudFormation cannot take
 * rules from a group that it did not make, and CDK's way is a function with a role of AWS's, kept for
 * one call. That group opens nothing: the endpoints admit groups by name, and whatever is placed here
 * names its own.
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

    const vpc = new ec2.CfnVPC(this, 'Vpc', {
      cidrBlock: cidr,
      // Endpoints answer by the services' own names, so that no client needs to know of them.
      enableDnsHostnames: true,
      enableDnsSupport: true,
    });
    this.#name(vpc);
    this.vpc = this.#withIsolatedSubnets(vpc, cidr, zones);
    this.flowLog = this.#keepFlows(vpc, props);

    this.#endpointGroup = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Endpoints: HTTPS from the groups that were admitted',
      allowAllOutbound: false,
    });
    this.#endpoints = new Map(
      props.services.map(service => {
        const endpoint = new ec2.InterfaceVpcEndpoint(this, endpointId(service), {
          vpc: this.vpc,
          service: new ec2.InterfaceVpcEndpointAwsService(service),
          privateDnsEnabled: true,
          securityGroups: [this.#endpointGroup],
          open: false,
        });
        this.#name(endpoint);
        for (const statement of endpointPolicy(stack, service)) endpoint.addToPolicy(statement);
        return [service, endpoint];
      }),
    );

    this.#s3 = this.#gateway('S3', ec2.GatewayVpcEndpointAwsService.S3);
    this.#s3.addToPolicy(
      new iam.PolicyStatement({
        sid: 'AmazonLinuxPackages',
        // dnf signs nothing, so there is no principal to ask for; it verifies what it gets by GPG.
        principals: [new iam.StarPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::al2023-repos-${Aws.REGION}-de612dc2/*`],
      }),
    );
    this.#gateway('DynamoDb', ec2.GatewayVpcEndpointAwsService.DYNAMODB).addToPolicy(
      new iam.PolicyStatement({
        principals: [new iam.StarPrincipal()],
        actions: ['dynamodb:*'],
        resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: '*' })],
        conditions: callersOf(stack),
      }),
    );
  }

  /** Those of the services that it has no endpoint of. */
  lacking(services: readonly EndpointService[]): readonly EndpointService[] {
    return services.filter(service => !this.#endpoints.has(service));
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
        principals: [new iam.StarPrincipal()],
        actions: actions.map(action => `s3:${action}`),
        resources: [
          ...(actions.some(action => ofTheBucket.includes(action)) ? [bucketArn] : []),
          ...(actions.some(action => !ofTheBucket.includes(action)) ? [`${bucketArn}/*`] : []),
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
        principals: [new iam.StarPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${Aws.PARTITION}:s3:::prod-${Aws.REGION}-starport-layer-bucket/*`],
      }),
    );
  }

  /**
   * A subnet in each zone, all with one route table, which has the gateway endpoints' routes and no other.
   *
   * Not by `Vpc`: that looks up the zones of a stack that names its region. The range is divided by
   * eight whatever the number of zones, so that one more does not move those that are there.
   */
  #withIsolatedSubnets(vpc: ec2.CfnVPC, cidr: string, zones: number): ec2.IVpc {
    const prefix = Number(cidr.split('/')[1]);
    const ranges = Fn.cidr(
      vpc.attrCidrBlock,
      rangesOfNetwork,
      String(32 - prefix - Math.log2(rangesOfNetwork)),
    );
    const routes = new ec2.CfnRouteTable(this, 'Routes', { vpcId: vpc.ref });
    this.#name(routes);
    const subnets = Array.from({ length: zones }, (_, zone) => {
      const subnet = new ec2.CfnSubnet(this, `Isolated${zone + 1}`, {
        vpcId: vpc.ref,
        // By its place in the region's list, known when the stack is deployed.
        availabilityZone: Fn.select(zone, Fn.getAzs()),
        cidrBlock: Fn.select(zone, ranges),
        mapPublicIpOnLaunch: false,
      });
      this.#name(subnet);
      new ec2.CfnSubnetRouteTableAssociation(this, `Isolated${zone + 1}Routes`, {
        subnetId: subnet.ref,
        routeTableId: routes.ref,
      });
      return subnet;
    });
    return ec2.Vpc.fromVpcAttributes(this, 'Isolated', {
      vpcId: vpc.ref,
      vpcCidrBlock: cidr,
      availabilityZones: subnets.map(subnet => subnet.attrAvailabilityZone),
      isolatedSubnetIds: subnets.map(subnet => subnet.ref),
      isolatedSubnetRouteTableIds: subnets.map(() => routes.ref),
    });
  }

  /** Writes who talked to whom, what was refused included, into a log group of its own. */
  #keepFlows(vpc: ec2.CfnVPC, props: PrivateNetworkProps): logs.LogGroup {
    const stack = Stack.of(this);
    const group = new logs.LogGroup(this, 'FlowLog', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_WEEK,
      removalPolicy: props.logRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    const role = new iam.Role(this, 'FlowLogRole', {
      description: `Lets flow logs of ${stack.stackName} be written`,
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: deliveredFor({
          sourceArn: stack.formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }),
          sourceAccount: stack.account,
        }),
      }),
    });
    group.grant(role, 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams');
    const flows = new ec2.CfnFlowLog(this, 'Flows', {
      resourceType: 'VPC',
      resourceId: vpc.ref,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: group.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
    flows.node.addDependency(role);
    return group;
  }

  #gateway(id: string, service: ec2.GatewayVpcEndpointAwsService): ec2.GatewayVpcEndpoint {
    const gateway = new ec2.GatewayVpcEndpoint(this, id, { vpc: this.vpc, service });
    this.#name(gateway);
    return gateway;
  }

  /** Names a resource in the console, which shows ids otherwise. */
  #name(resource: IConstruct): void {
    Tags.of(resource).add('Name', resource.node.path);
  }
}

/** `ecr.api` → `EcrApi`. */
function endpointId(service: EndpointService): string {
  return service
    .split('.')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
