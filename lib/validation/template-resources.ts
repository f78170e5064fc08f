/** A CloudFormation template, as far as the rules read it. */
export interface CloudFormationTemplate {
  readonly Resources?: Readonly<Record<string, CloudFormationResource>>;
}

export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A resource of a template, with the properties that a rule expects of its type. */
export interface Resource<Properties> {
  readonly id: string;
  readonly properties: Partial<Properties>;
}

/** Resources of one type, by their logical ids; what belongs to another stack is not among them. */
export function resourcesOfType<Properties>(
  template: CloudFormationTemplate,
  type: string,
): ReadonlyMap<string, Resource<Properties>> {
  return new Map(
    Object.entries(template.Resources ?? {})
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, { id, properties: (resource.Properties ?? {}) as Partial<Properties> }]),
  );
}

/** Logical id of the resource that a `Ref` or `Fn::GetAtt` points at. */
export function referredId(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: string | string[] };
  return Ref ?? (typeof attribute === 'string' ? attribute.split('.')[0] : attribute?.[0]);
}

/** A property's number; nothing where the deployment decides it. */
export function numberOr(value: unknown, whenAbsent: number): number | undefined {
  if (value === undefined) return whenAbsent;
  return typeof value === 'number' ? value : undefined;
}
