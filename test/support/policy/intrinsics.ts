/** What intrinsic functions refer to: the stack around the value. */
export interface References {
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, first: string, second: string): unknown;
  /** What another stack exports under a name. */
  importedValue(exportName: string): unknown;
  /** An output of another stack, exported or not. */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** `AWS::NoValue`: the property or the entry of a list is not there. */
export const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, references: References) => unknown;

/**
 * What each function comes to in the cloud.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, references) => references.ref(String(name)),
  'Fn::And': (conditions, references) => resolvedList(conditions, references).every(isTrue),
  'Fn::Equals': (values, references) => {
    const [left, right] = resolvedList(values, references);
    return String(left) === String(right);
  },
  'Fn::FindInMap': (path, references) => {
    const [map, first, second] = resolvedList(path, references).map(String);
    return references.mapping(map ?? '', first ?? '', second ?? '');
  },
  'Fn::GetAtt': (argument, references) => {
    const [logicalId, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : resolvedList(argument, references).map(String);
    return references.attribute(logicalId ?? '', attribute.join('.'));
  },
  'Fn::GetStackOutput': (argument, references) => {
    const { StackName, OutputName } = resolved(argument, references) as Record<string, unknown>;
    return references.stackOutput(String(StackName), String(OutputName));
  },
  'Fn::If': (argument, references) => {
    const [condition, whenTrue, whenFalse] = argument as readonly unknown[];
    return resolved(references.condition(String(condition)) ? whenTrue : whenFalse, references);
  },
  'Fn::ImportValue': (name, references) => references.importedValue(String(resolved(name, references))),
  'Fn::Join': (argument, references) => {
    const [delimiter, parts] = resolvedList(argument, references);
    return (parts as readonly unknown[]).map(String).join(String(delimiter));
  },
  'Fn::Not': (conditions, references) => !resolvedList(conditions, references).every(isTrue),
  'Fn::Or': (conditions, references) => resolvedList(conditions, references).some(isTrue),
  'Fn::Select': (argument, references) => {
    const [index, values] = resolvedList(argument, references);
    return (values as readonly unknown[])[Number(index)];
  },
  'Fn::Split': (argument, references) => {
    const [delimiter, text] = resolvedList(argument, references);
    return String(text).split(String(delimiter));
  },
  'Fn::Sub': (argument, references) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = resolved(variables, references) as Record<string, unknown>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const [logicalId = '', ...attribute] = name.split('.');
      if (Object.hasOwn(own, name)) return String(own[name]);
      const isAttribute = attribute.length > 0;
      return String(
        isAttribute ? references.attribute(logicalId, attribute.join('.')) : references.ref(name),
      );
    });
  },
};

/**
 * Resolves every reference and function in a value of a template.
 *
 * @returns {@link noValue} where the value is not there at all.
 * @throws Error when there is a function that is not known here.
 */
export function resolved(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return resolvedList(value, references);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name !== undefined) {
    const intrinsic = intrinsics[name];
    if (intrinsic) return intrinsic(argument, references);
    // `Condition` names a condition among conditions, and is a block of a policy statement elsewhere.
    if (name === 'Condition' && typeof argument === 'string') return references.condition(argument);
    if (name.startsWith('Fn::')) {
      throw new Error(
        `${name} is not known to the policy tests. Add it in test/support/policy/intrinsics.ts.`,
      );
    }
  }
  return Object.fromEntries(
    entries
      .map(([key, entry]) => [key, resolved(entry, references)] as const)
      .filter(([, entry]) => entry !== noValue),
  );
}

function resolvedList(value: unknown, references: References): readonly unknown[] {
  return (value as readonly unknown[])
    .map(entry => resolved(entry, references))
    .filter(entry => entry !== noValue);
}

function isTrue(value: unknown): boolean {
  return value === true;
}
