import { TemplateLocation } from '../../../local/assembly/assembly-error.ts';
import { NO_VALUE, type ReferenceScope, resolveIntrinsics } from '../../../local/assembly/intrinsics.ts';
import type { Place } from './account.ts';
import { identityOf, type ResourceIdentity } from './resource-identity.ts';

/** A CloudFormation template, as far as policies need it. */
export interface PolicyTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

interface TemplateOutput {
  readonly Value: unknown;
  readonly Export?: { readonly Name: unknown };
}

/** A template and where it is deployed. */
export interface StackDeployment {
  readonly name: string;
  readonly template: PolicyTemplate;
  readonly account: string;
  readonly region: string;
  /** Construct path of each logical id, `order-processing/Payment/Queue`. */
  readonly paths: Readonly<Record<string, string>>;
}

/** A resource as it would be once its stack is deployed. */
export interface DeployedResource extends ResourceIdentity, Place {
  readonly type: string;
  /** Path of its construct, `order-processing/Payment/Queue`. */
  readonly path: string;
  /** A property with every reference in it resolved; undefined where the template does not set it. */
  property(name: string): unknown;
}

/** A stack whose references are resolved to the ARNs and names of one account and region. */
export class DeployedStack implements ReferenceScope {
  readonly name: string;
  readonly #deployment: StackDeployment;
  readonly #exportedValue: (exportName: string) => unknown;
  readonly #resources = new Map<string, DeployedResource>();

  /** @param exportedValue what another stack exports under a name; undefined where none does. */
  constructor(deployment: StackDeployment, exportedValue: (exportName: string) => unknown) {
    this.name = deployment.name;
    this.#deployment = deployment;
    this.#exportedValue = exportedValue;
  }

  resources(): readonly DeployedResource[] {
    return Object.entries(this.#deployment.template.Resources)
      .filter(([logicalId, { Condition }]) => !Condition || this.condition(Condition, this.#at(logicalId)))
      .map(([logicalId]) => this.#resource(logicalId, this.#at(logicalId)));
  }

  /** The value that this stack exports under a name. */
  exportedValue(exportName: string): unknown {
    for (const [id, { Value, Export }] of Object.entries(this.#deployment.template.Outputs ?? {})) {
      const at = this.#at(`Outputs.${id}`);
      if (Export && resolveIntrinsics(Export.Name, this, at) === exportName) {
        return resolveIntrinsics(Value, this, at);
      }
    }
    return undefined;
  }

  ref(name: string, at: TemplateLocation): unknown {
    const { account, region } = this.#deployment;
    switch (name) {
      case 'AWS::AccountId':
        return account;
      case 'AWS::NoValue':
        return NO_VALUE;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::Region':
        return region;
      case 'AWS::StackName':
        return this.name;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${region}:${account}:stack/${this.name}/made-up`;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      default:
        return this.#resource(name, at).ref;
    }
  }

  attribute(logicalId: string, attribute: string, at: TemplateLocation): unknown {
    const { type, attributes } = this.#resource(logicalId, at);
    const value = attributes[attribute];
    if (value === undefined) {
      throw at.error(
        `attribute ${attribute} of ${logicalId} (${type}) is not known to the policy tests, so what a policy ` +
          'says of it cannot be seen. Say what it is in test/support/policy/resource-identity.ts.',
      );
    }
    return value;
  }

  condition(name: string, at: TemplateLocation): boolean {
    const condition = this.#deployment.template.Conditions?.[name];
    if (condition === undefined) throw at.error(`there is no condition ${name} in this template.`);
    return resolveIntrinsics(condition, this, this.#at(`Conditions.${name}`)) === true;
  }

  mapping(map: string, first: string, second: string, at: TemplateLocation): unknown {
    const value = this.#deployment.template.Mappings?.[map]?.[first]?.[second];
    if (value === undefined) throw at.error(`the mapping ${map} has no entry ${first}, ${second}.`);
    return value;
  }

  importValue(exportName: string, at: TemplateLocation): unknown {
    const value = this.#exportedValue(exportName);
    if (value === undefined) throw at.error(`imports ${exportName}, which no stack of this app exports.`);
    return value;
  }

  #resource(logicalId: string, at: TemplateLocation): DeployedResource {
    const known = this.#resources.get(logicalId);
    if (known) return known;
    const declared = this.#deployment.template.Resources[logicalId];
    if (!declared) throw at.error(`refers to ${logicalId}, which is neither a resource nor known otherwise.`);

    const { account, region, paths } = this.#deployment;
    const place: Place = { account, region, stackName: this.name, logicalId };
    const property = (name: string): unknown => {
      const value = resolveIntrinsics(declared.Properties?.[name], this, this.#at(logicalId).child(name));
      return value === NO_VALUE ? undefined : value;
    };
    const resource: DeployedResource = {
      ...place,
      ...identityOf(declared.Type, place, property),
      type: declared.Type,
      path: paths[logicalId] ?? `${this.name}/${logicalId}`,
      property,
    };
    this.#resources.set(logicalId, resource);
    return resource;
  }

  #at(logicalId: string): TemplateLocation {
    return new TemplateLocation(this.name, logicalId);
  }
}
