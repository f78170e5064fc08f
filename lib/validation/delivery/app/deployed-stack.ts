import type { CloudFormationTemplate } from '../../template-resources.ts';
import { conditionHolds, isUnresolved, noValue, open, type References, resolved } from './intrinsics.ts';
import type { Place } from './place.ts';
import { identityOf, type ResourceIdentity } from './resource-identity.ts';

/** A CloudFormation template, as far as deliveries depend on it. */
export interface DeliveryTemplate extends CloudFormationTemplate {
  readonly Resources?: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: Readonly<Record<string, unknown>>;
        readonly Metadata?: Readonly<Record<string, unknown>>;
        readonly Condition?: string;
      }
    >
  >;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
}

/** A template and where it is deployed. */
export interface StackDeployment {
  readonly name: string;
  readonly template: DeliveryTemplate;
  readonly account: string;
  readonly region: string;
  /** Construct path of each logical id, `order-processing/Payment/Queue`. */
  readonly paths: Readonly<Record<string, string>>;
}

/** A resource as it would be once its stack is deployed. */
export interface DeployedResource extends ResourceIdentity, Place {
  readonly type: string;
  /** Path of its construct, or stack and logical id: `order-processing/Payment/Queue`. */
  readonly path: string;
  /** Condition of which only the deployment knows whether it holds, and so whether the resource is there. */
  readonly undecided: string | undefined;
  /** A property, its references resolved as far as they can be; undefined where it is not set. */
  property(name: string): unknown;
  /** An entry of its metadata, likewise: what constructs say of it that no property does. */
  metadata(name: string): unknown;
}

/** What stacks get from one another. */
export interface OtherStacks {
  /** What a stack exports under a name; undefined where none does. */
  exportedValue(exportName: string): unknown;
  /** An output of a stack; undefined where there is none. */
  output(stackName: string, outputName: string, region: unknown): unknown;
}

/** A stack whose references are resolved to the ARNs and names of one account and region. */
export class DeployedStack implements References {
  readonly name: string;
  readonly region: string;
  readonly #deployment: StackDeployment;
  readonly #others: OtherStacks;
  readonly #resources = new Map<string, DeployedResource>();

  constructor(deployment: StackDeployment, others: OtherStacks) {
    this.name = deployment.name;
    this.region = deployment.region;
    this.#deployment = deployment;
    this.#others = others;
  }

  /** The resources that are there, or may be. */
  resources(): readonly DeployedResource[] {
    return Object.entries(this.#deployment.template.Resources ?? {})
      .filter(([, { Condition }]) => Condition === undefined || this.condition(Condition) !== false)
      .map(([logicalId]) => this.#resource(logicalId))
      .filter(resource => resource !== undefined);
  }

  /** The value that this stack exports under a name; undefined where it exports none. */
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
        return this.#resource(name)?.ref ?? this.#parameter(name);
    }
  }

  attribute(logicalId: string, attribute: string): unknown {
    return (
      this.#resource(logicalId)?.attributes[attribute] ?? open(`${attribute} of ${this.name}/${logicalId}`)
    );
  }

  condition(name: string): boolean | 'unknown' {
    return conditionHolds(this.#deployment.template.Conditions?.[name], this);
  }

  mapping(map: string, first: string, second: string): unknown {
    const value = this.#deployment.template.Mappings?.[map]?.[first]?.[second];
    return value ?? open(`${second} of ${first} in the mapping ${map}`);
  }

  importedValue(exportName: string): unknown {
    return this.#others.exportedValue(exportName) ?? open(`the import ${exportName}`);
  }

  stackOutput(stackName: string, outputName: string, region: unknown): unknown {
    const value = this.#others.output(stackName, outputName, region);
    return value ?? open(`the output ${outputName} of ${stackName}`);
  }

  /** A parameter has its default; one that Systems Manager or the deployment gives stays open. */
  #parameter(name: string): unknown {
    const parameter = this.#deployment.template.Parameters?.[name];
    const isGiven = !parameter || parameter.Default === undefined || parameter.Type.startsWith('AWS::SSM::');
    return isGiven ? open(`the parameter ${name}`) : parameter.Default;
  }

  #resource(logicalId: string): DeployedResource | undefined {
    const known = this.#resources.get(logicalId);
    if (known) return known;
    const declared = this.#deployment.template.Resources?.[logicalId];
    if (!declared) return undefined;
    const { account, region, paths } = this.#deployment;
    const place: Place = { account, region, stackName: this.name, logicalId };
    const properties = new Map<string, unknown>();
    const property = (name: string): unknown => {
      if (!properties.has(name)) {
        const value = resolved(declared.Properties?.[name], this);
        properties.set(name, value === noValue ? undefined : value);
      }
      return properties.get(name);
    };
    const metadata = (name: string): unknown => resolved(declared.Metadata?.[name], this);
    const { Condition } = declared;
    const resource: DeployedResource = {
      ...place,
      ...identityOf(declared.Type, place, property),
      type: declared.Type,
      path: paths[logicalId] ?? `${this.name}/${logicalId}`,
      undecided: Condition !== undefined && this.condition(Condition) === 'unknown' ? Condition : undefined,
      property,
      metadata,
    };
    this.#resources.set(logicalId, resource);
    return resource;
  }
}

/** A setting that templates write as an object or as JSON; undefined where it cannot be read. */
export function settingOf<Setting>(resource: DeployedResource, name: string): Partial<Setting> | undefined {
  const value = resource.property(name);
  if (typeof value !== 'string') return value as Setting | undefined;
  if (isUnresolved(value) && !value.startsWith('{')) return undefined;
  return JSON.parse(value) as Setting;
}
