import { cardToken } from '../../../contracts/orders.ts';
import { account, arnParts, foreignAccount, region } from './account.ts';
import { Caller, type Target } from './caller.ts';
import {
  type DeployedResource,
  DeployedStack,
  type OtherStacks,
  type StackDeployment,
} from './deployed-stack.ts';
import { endpointFor, livesInNetwork } from './endpoints.ts';
import { identityPoliciesOf, type Policy, type PolicyStatement, resourcePolicyOf } from './policies.ts';

/** On whose behalf a service calls: a resource, or what an ARN and an account say of one. */
export interface Source {
  /** Value of `aws:SourceArn`; undefined where the service sends none. */
  readonly arn: string | undefined;
  /** Value of `aws:SourceAccount`, for services that send it. */
  readonly account: string | undefined;
  /** What it is called in messages. */
  readonly path?: string;
}

/** A stack of the world; account and region are made up where it names none. */
export type WorldStack = Pick<StackDeployment, 'name' | 'template'> &
  Partial<Pick<StackDeployment, 'account' | 'region' | 'paths'>>;

/** Everything that an app provisions, and those around it who might call it. */
export class PolicyWorld {
  readonly resources: readonly DeployedResource[];
  readonly #resourcePolicies = new Map<string, Policy | undefined>();

  constructor(stacks: readonly WorldStack[]) {
    const others: OtherStacks = {
      exportedValue: exportName =>
        deployed.map(stack => stack.exportedValue(exportName)).find(value => value !== undefined),
      output: (stackName, outputName) => deployed.find(({ name }) => name === stackName)?.output(outputName),
    };
    const deployed: readonly DeployedStack[] = stacks.map(
      stack => new DeployedStack({ account, region, paths: {}, ...stack }, others),
    );
    this.resources = deployed.flatMap(stack => stack.resources());
  }

  /**
   * The resource of a construct, `order-processing/Payment/Queue`.
   *
   * @throws Error naming the resources of the same stack, when there is none.
   */
  resource(path: string): DeployedResource {
    const found = this.resources.find(resource => resource.path === path);
    if (found) return found;
    const stack = path.split('/')[0];
    const paths = this.resources
      .map(resource => resource.path)
      .filter(known => known.startsWith(`${stack}/`));
    throw new Error(`There is no resource ${path}. ${stack} has: ${paths.join(', ') || 'none'}.`);
  }

  ofType(...types: readonly string[]): readonly DeployedResource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** The resource that a property refers to, by ARN or by `Ref`. */
  referredTo(reference: unknown): DeployedResource | undefined {
    if (typeof reference !== 'string') return undefined;
    return this.resources.find(({ arn, ref }) => arn === reference || ref === reference);
  }

  /** The policy on a resource; undefined where it has none. */
  resourcePolicyOf({ arn = '', account: owner }: Target): Policy | undefined {
    if (!this.#resourcePolicies.has(arn)) {
      const resource = this.resources.find(candidate => isSameOrPart(arn, candidate.arn));
      const policy = resource ? resourcePolicyOf(resource, this.resources) : defaultPolicyOf(arn, owner);
      this.#resourcePolicies.set(arn, policy);
    }
    return this.#resourcePolicies.get(arn);
  }

  /**
   * An AWS service, on behalf of one resource, or of none that it would name.
   *
   * @param name service principal, `sns.amazonaws.com`.
   */
  service(name: string, source: Source = { arn: undefined, account: undefined }): Caller {
    const whom = source.path ?? source.arn ?? (source.account ? `account ${source.account}` : 'nobody');
    return this.#caller({
      name: `${name} for ${whom}`,
      principal: name,
      context: {
        'aws:PrincipalIsAWSService': 'true',
        'aws:PrincipalServiceName': name,
        'aws:SourceArn': source.arn,
        'aws:SourceAccount': servicesWithoutAccount.has(name) ? undefined : source.account,
      },
    });
  }

  /**
   * A role of the app, with the policies that the app gives it. The role of instances or tasks calls through
   * the endpoints of its stack, where there is one of the service.
   */
  role(role: DeployedResource | string): Caller {
    const resource = typeof role === 'string' ? this.resource(role) : role;
    return this.#roleOf(
      resource.path,
      resource.account,
      identityPoliciesOf(resource, this.resources),
      resource.arn,
      livesInNetwork(resource)
        ? action => endpointFor(action, resource.stackName, this.resources)
        : undefined,
    );
  }

  /** A role of the app's account that may do everything, as far as its own policies go. */
  administrator(): Caller {
    return this.#roleOf('an administrator of the account', account, [everything]);
  }

  /** A role of the app's account without a policy of its own. */
  stranger(): Caller {
    return this.#roleOf('a role of the account without policies', account, []);
  }

  /** A role of another account that may do everything, as far as its own policies go. */
  outsider(): Caller {
    return this.#roleOf('an administrator of another account', foreignAccount, [everything]);
  }

  /**
   * A role of some account, with what its own account lets it do.
   *
   * @param statements of its identity policy.
   */
  roleOf(owner: string, statements: readonly PolicyStatement[]): Caller {
    return this.#roleOf(`a role of account ${owner}`, owner, [{ name: 'its own policy', statements }]);
  }

  /** Whoever sends requests without signing them. */
  anybody(): Caller {
    return this.#caller({
      name: 'anybody on the internet',
      principal: 'anonymous',
      context: {
        ...absentSource,
        'aws:PrincipalArn': undefined,
        'aws:PrincipalAccount': undefined,
        'aws:PrincipalIsAWSService': undefined,
      },
    });
  }

  #roleOf(
    name: string,
    owner: string,
    identity: readonly Policy[],
    arn = `arn:aws:iam::${owner}:role/made-up`,
    endpointFor?: (action: string) => DeployedResource | undefined,
  ): Caller {
    return this.#caller({
      name,
      principal: arn,
      identity,
      ...(endpointFor && { endpointFor }),
      context: {
        ...absentSource,
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': owner,
        'aws:PrincipalIsAWSService': 'false',
      },
    });
  }

  #caller(details: {
    readonly name: string;
    readonly principal: string;
    readonly identity?: readonly Policy[];
    readonly context: Readonly<Record<string, string | undefined>>;
    readonly endpointFor?: (action: string) => DeployedResource | undefined;
  }): Caller {
    return new Caller({
      identity: [],
      ...details,
      context: { ...direct, ...details.context },
      resourcePolicyOf: target => this.resourcePolicyOf(target),
    });
  }
}

/**
 * Services that are known to send the ARN of their source and not its account: what a policy asks to
 * come from an account may lose what they deliver.
 */
const servicesWithoutAccount = new Set(['apigateway.amazonaws.com', 'sns.amazonaws.com']);

/** Who encrypts a secret field says which and whose; nobody else names such a context to KMS. */
const noSecretField = Object.fromEntries(
  Object.keys(cardToken.contextOf({ order_id: '' })).map(name => [
    `kms:EncryptionContext:${name}`,
    undefined,
  ]),
);

/** A request that comes straight from the internet or from AWS's own network, over TLS, passes no role on and sends no mail. */
const direct = {
  'iam:PassedToService': undefined,
  'ses:FromAddress': undefined,
  'aws:SecureTransport': 'true',
  'aws:SourceVpce': undefined,
  'aws:ViaAWSService': 'false',
  'kms:ViaService': undefined,
  ...noSecretField,
};

/** Only services call on behalf of something. */
const absentSource = { 'aws:SourceArn': undefined, 'aws:SourceAccount': undefined };

const everything: Policy = {
  name: 'policy AdministratorAccess',
  statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** What is not of the app, but next to it: as permissive as AWS makes it, so that a grant too wide shows. */
export function neighbourOf(resource: DeployedResource): Target {
  return {
    path: `another resource like ${resource.path}`,
    arn: resource.arn?.replace(
      resource.arn.includes(resource.name) ? resource.name : resource.ref,
      'neighbour',
    ),
    account: resource.account,
  };
}

/** The policy that AWS gives to a resource whose owner gave none: only keys are closed to their account without one. */
function defaultPolicyOf(arn: string, owner: string): Policy | undefined {
  if (!arn.startsWith('arn:aws:kms:')) return undefined;
  const statement: PolicyStatement = {
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${owner || arnParts(arn).account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return { name: `default policy of ${arn}`, statements: [statement] };
}

/** Whether an ARN is a resource's, or that of something in it: an object, a log stream, an index. */
function isSameOrPart(arn: string, resourceArn: string | undefined): boolean {
  if (resourceArn === undefined) return false;
  return arn === resourceArn || arn.startsWith(`${resourceArn}/`) || arn.startsWith(`${resourceArn}:`);
}
