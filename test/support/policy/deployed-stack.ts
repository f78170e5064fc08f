import type { Place } from './account.ts';
import { noValue, type References, resolved } from './intrinsics.ts';
import { identityOf, type ResourceIdentity } from './resource-identity.ts';

/** A CloudFormation template, as far as policies need it. */
export interface PolicyTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
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
  /** An entry of its metadata, likewise. */
  metadata(name: string): unknown;
}

/** What stacks get from one another. */
export interface OtherStacks {
  /** What a stack exports under a name; undefined where none does. */
  exportedValue(exportName: string): unknown;
  /** An output of a stack; undefined where there is none. */
  output(stackName: string, outputName: string): unknown;
}

/** A stack whose references are resolved to the ARNs and names of one account and region. */
export class DeployedStack implements References {
  readonly name: string;
  readonly #deployment: StackDeployment;
  readonly #others: OtherStacks;
  readonly #resources = new Map<string, DeployedResource>();

  constructor(deployment: StackDeployment, others: OtherStacks) {
    this.name = deployment.name;
    this.#deployment = deployment;
    this.#others = others;
  }

  resources(): readonly DeployedResource[] {
    return Object.entries(this.#deployment.template.Resources)
      .filter(([, { Condition }]) => !Condition || this.condition(Condition))
      .map(([logicalId]) => this.#resource(logicalId));
  }

  /** The value that this stack exports under a name. */
  exportedValue(exportName: string): unknown {
    const outputs = Object.values(this.#deployment.template.Outputs ?? {});
    const exported = outputs.find(({ Export }) => Export && resolved(Export.Name, this) === exportName);
    return exported && resolved(exported.Value, this);
  }

  output(outputName: string): unknown {
    const output = this.#deployment.template.Outputs?.[outputName];
    return output && resolved(output.Value, this);
  }

  ref(name: string): unknown {
    const { account, region } = this.#deployment;
    switch (name) {
      case 'AWS::AccountId':
        return account;
      case 'AWS::NoValue':
        return noValue;
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
        return this.#parameter(name) ?? this.#resource(name).ref;
    }
  }

  attribute(logicalId: string, attribute: string): unknown {
    const { type, attributes } = this.#resource(logicalId);
    return required(
      attributes[attribute],
      `attribute ${attribute} of ${logicalId} (${type}) is not known to the policy tests, so what a policy says ` +
        'of it cannot be seen. Say what it is in test/support/policy/resource-identity.ts.',
    );
  }

  condition(name: string): boolean {
    const condition = this.#deployment.template.Conditions?.[name];
    return resolved(required(condition, `there is no condition ${name}.`), this) === true;
  }

  mapping(map: string, first: string, second: string): unknown {
    const value = this.#deployment.template.Mappings?.[map]?.[first]?.[second];
    return required(value, `the mapping ${map} has no entry ${first}, ${second}.`);
  }

  importedValue(exportName: string): unknown {
    const value = this.#others.exportedValue(exportName);
    return required(value, `imports ${exportName}, which no stack of this app exports.`);
  }

  stackOutput(stackName: string, outputName: string): unknown {
    const value = this.#others.output(stackName, outputName);
    return required(value, `refers to the output ${outputName} of ${stackName}, which is not in this app.`);
  }

  /**
   * What a parameter of Systems Manager holds only the deployment knows: something in the form of an address,
   * since that is what policies name.
   */
  #parameter(name: string): string | undefined {
    const type = this.#deployment.template.Parameters?.[name]?.Type;
    return type?.startsWith('AWS::SSM::Parameter::Value') ? `${name}@example.com` : undefined;
  }

  #resource(logicalId: string): DeployedResource {
    const known = this.#resources.get(logicalId);
    if (known) return known;
    const declared = required(
      this.#deployment.template.Resources[logicalId],
      `refers to ${logicalId}, which is not a resource of the template.`,
    );
    const { account, region, paths } = this.#deployment;
    const place: Place = { account, region, stackName: this.name, logicalId };
    const property = (name: string): unknown => {
      try {
        const value = resolved(declared.Properties?.[name], this);
        return value === noValue ? undefined : value;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${name} of ${logicalId} in ${this.name}: ${reason}`, { cause });
      }
    };
    const resource: DeployedResource = {
      ...place,
      ...identityOf(declared.Type, place, property),
      type: declared.Type,
      path: paths[logicalId] ?? `${this.name}/${logicalId}`,
      property,
      metadata: name => resolved(declared.Metadata?.[name], this),
    };
    this.#resources.set(logicalId, resource);
    return resource;
  }
}

function required<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new Error(otherwise);
  return value;
}
