import { AssemblyError, TemplateLocation } from './assembly-error.ts';
import { ACCOUNT_ID } from './cloud-assembly.ts';
import { NO_VALUE, type ReferenceScope, resolveIntrinsics } from './intrinsics.ts';
import { parameterValue } from './parameters.ts';
import type { ResourceDeclaration, ResourceIdentity } from './resource.ts';
import type { StackTemplate, TemplateResource } from './template.ts';

export interface ResolvedStackOptions {
  /** What a resource will be called; throws what it cannot say. */
  readonly identify: (resource: ResourceDeclaration) => ResourceIdentity;
  /** Value that another stack exports. */
  readonly importValue: (exportName: string, at: TemplateLocation) => unknown;
  /** Puts the addresses that answer here in place of those of AWS. */
  readonly localize: (text: string) => string;
  /** Values for template parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A stack whose references are resolved on demand. */
export class ResolvedStack implements ReferenceScope {
  readonly stack: StackTemplate;
  readonly #options: ResolvedStackOptions;
  readonly #identities = new Map<string, ResourceIdentity>();
  readonly #inProgress = new Set<string>();

  constructor(stack: StackTemplate, options: ResolvedStackOptions) {
    this.stack = stack;
    this.#options = options;
  }

  /** The resources whose condition holds. */
  resources(): readonly ResourceDeclaration[] {
    return Object.entries(this.stack.template.Resources)
      .filter(([logicalId, resource]) => this.#isDeclared(logicalId, resource.Condition))
      .map(([logicalId, resource]) => this.#declaration(logicalId, resource));
  }

  identity(logicalId: string, at = this.#at(logicalId)): ResourceIdentity {
    const known = this.#identities.get(logicalId);
    if (known !== undefined) {
      return known;
    }
    const resource = this.stack.template.Resources[logicalId];
    if (resource === undefined || !this.#isDeclared(logicalId, resource.Condition)) {
      throw at.error(`refers to ${logicalId}, which the template does not declare.`);
    }
    if (this.#inProgress.has(logicalId)) {
      throw at.error(`the name of ${logicalId} refers to itself by way of other resources.`);
    }
    this.#inProgress.add(logicalId);
    try {
      const identity = this.#options.identify(this.#declaration(logicalId, resource));
      this.#identities.set(logicalId, identity);
      return identity;
    } catch (fault) {
      throw fault instanceof AssemblyError ? fault : at.error(messageOf(fault));
    } finally {
      this.#inProgress.delete(logicalId);
    }
  }

  /** A value of the template with its intrinsics resolved; undefined for `AWS::NoValue`. */
  resolve(value: unknown, at: TemplateLocation): unknown {
    const resolved = resolveIntrinsics(value, this, at);
    return resolved === NO_VALUE ? undefined : resolved;
  }

  ref(name: string, at: TemplateLocation): unknown {
    const pseudo = this.#pseudoParameters()[name];
    if (pseudo !== undefined) {
      return pseudo;
    }
    const parameter = this.stack.template.Parameters[name];
    if (parameter !== undefined) {
      return parameterValue(name, parameter, this.#options.parameters[name], at);
    }
    return this.identity(name, at).ref;
  }

  attribute(logicalId: string, attribute: string, at: TemplateLocation): unknown {
    const { attributes } = this.identity(logicalId, at);
    const value = attributes[attribute];
    if (value === undefined) {
      const type = this.stack.template.Resources[logicalId]?.Type;
      throw at.error(
        `attribute ${attribute} of ${logicalId} (${type}) is not known to the local cloud ` +
          `(it knows ${Object.keys(attributes).join(', ') || 'none'}).`,
      );
    }
    return value;
  }

  condition(name: string, at: TemplateLocation): boolean {
    const condition = this.stack.template.Conditions[name];
    if (condition === undefined) {
      throw at.error(`there is no condition ${name} in this template.`);
    }
    return this.resolve(condition, this.#at(`Conditions.${name}`)) === true;
  }

  mapping(map: string, first: string, second: string, at: TemplateLocation): unknown {
    const value = this.stack.template.Mappings[map]?.[first]?.[second];
    if (value === undefined) {
      throw at.error(`the mapping ${map} has no entry ${first}, ${second}.`);
    }
    return value;
  }

  importValue(exportName: string, at: TemplateLocation): unknown {
    return this.#options.importValue(exportName, at);
  }

  localized(text: string): string {
    return this.#options.localize(text);
  }

  #declaration(logicalId: string, resource: TemplateResource): ResourceDeclaration {
    const { name, region, paths, assets } = this.stack;
    const metadataPath = resource.Metadata?.['aws:cdk:path'];
    const at = this.#at(logicalId);
    return {
      stackName: name,
      region,
      logicalId,
      type: resource.Type,
      path: paths[logicalId] ?? (typeof metadataPath === 'string' ? metadataPath : `${name}/${logicalId}`),
      property: (property, ...within) => {
        const path = [property, ...within];
        const declared = path.reduce<unknown>(inside, resource.Properties);
        return this.resolve(
          declared,
          path.reduce((place, name) => place.child(name), at),
        );
      },
      assetPath: objectKey => {
        const path = assets[objectKey];
        if (path === undefined) {
          throw at.error(`${objectKey} is not among the assets of the cloud assembly.`);
        }
        return path;
      },
    };
  }

  #isDeclared(logicalId: string, condition: string | undefined): boolean {
    return condition === undefined || this.condition(condition, this.#at(logicalId).child('Condition'));
  }

  #at(logicalId: string): TemplateLocation {
    return new TemplateLocation(this.stack.name, logicalId);
  }

  #pseudoParameters(): Readonly<Record<string, unknown>> {
    const { name, region } = this.stack;
    return {
      'AWS::AccountId': ACCOUNT_ID,
      'AWS::NoValue': NO_VALUE,
      'AWS::NotificationARNs': [],
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${name}/local`,
      'AWS::StackName': name,
      'AWS::URLSuffix': 'amazonaws.com',
    };
  }
}

/** What an object holds under a name; undefined where it is no object. */
function inside(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
