/** What intrinsic functions refer to: the stack around the value. */
export interface References {
  /** What a `Ref` comes to; open text where only the deployment knows. */
  ref(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean | 'unknown';
  mapping(map: string, first: string, second: string): unknown;
  /** What another stack exports under a name. */
  importedValue(exportName: string): unknown;
  /** An output of another stack, exported or not. */
  stackOutput(stackName: string, outputName: string, region: unknown): unknown;
}

/** `AWS::NoValue`: the property or the entry of a list is not there. */
export const noValue = Symbol('AWS::NoValue');

/**
 * A value that only the deployment knows, in the form of a policy variable: in whatever text it ends up,
 * what is compared with it stays open.
 */
export function open(what: string): string {
  return `\${${what.replaceAll(/[${}]/g, '')}}`;
}

/** Whether a value is not known, or not as far as it is read. */
export function isUnresolved(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${');
}

/** What is not known in a text, for messages. */
export function unresolvedIn(value: unknown): string {
  return /\$\{([^}]+)\}/.exec(String(value))?.[1] ?? String(value);
}

type Intrinsic = (argument: unknown, references: References) => unknown;

/**
 * What each function comes to in the cloud.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, references) => references.ref(String(name)),
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
    const { StackName, OutputName, Region } = resolved(argument, references) as Record<string, unknown>;
    return references.stackOutput(String(StackName), String(OutputName), Region);
  },
  'Fn::If': (argument, references) => {
    const [condition, whenTrue, whenFalse] = argument as readonly unknown[];
    const holds = references.condition(String(condition));
    if (holds === 'unknown') return open(`what depends on the condition ${String(condition)}`);
    return resolved(holds ? whenTrue : whenFalse, references);
  },
  'Fn::ImportValue': (name, references) => references.importedValue(String(resolved(name, references))),
  'Fn::Join': (argument, references) => {
    const [delimiter, parts] = resolvedList(argument, references);
    return Array.isArray(parts) ? parts.map(String).join(String(delimiter)) : String(parts);
  },
  'Fn::Select': (argument, references) => {
    const [index, values] = resolvedList(argument, references);
    return Array.isArray(values) ? values[Number(index)] : open(`a part of ${unresolvedIn(values)}`);
  },
  'Fn::Split': (argument, references) => {
    const [delimiter, text] = resolvedList(argument, references);
    return isUnresolved(text) ? text : String(text).split(String(delimiter));
  },
  'Fn::Sub': (argument, references) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = resolved(variables, references) as Record<string, unknown>;
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(own, name)) return String(own[name]);
      const [logicalId = '', ...attribute] = name.split('.');
      return String(
        attribute.length > 0 ? references.attribute(logicalId, attribute.join('.')) : references.ref(name),
      );
    });
  },
};

/**
 * Resolves every reference and function in a value of a template.
 *
 * @returns {@link noValue} where the value is not there at all, and {@link open} text for what only the
 * deployment knows.
 */
export function resolved(value: unknown, references: References): unknown {
  if (Array.isArray(value)) return resolvedList(value, references);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name !== undefined) {
    const intrinsic = intrinsics[name];
    if (intrinsic) return intrinsic(argument, references);
    if (name.startsWith('Fn::')) return open(`what ${name} comes to`);
  }
  return Object.fromEntries(
    entries
      .map(([key, entry]) => [key, resolved(entry, references)] as const)
      .filter(([, entry]) => entry !== noValue),
  );
}

function resolvedList(value: unknown, references: References): readonly unknown[] {
  if (!Array.isArray(value)) return [resolved(value, references)];
  return value.map(entry => resolved(entry, references)).filter(entry => entry !== noValue);
}

/** Whether a condition of a template holds; `unknown` where only the deployment knows. */
export function conditionHolds(condition: unknown, references: References): boolean | 'unknown' {
  const [name, argument] = Object.entries((condition ?? {}) as object)[0] ?? [];
  const parts = Array.isArray(argument) ? (argument as unknown[]) : [];
  const all = () => parts.map(part => conditionHolds(part, references));
  switch (name) {
    case 'Condition':
      return references.condition(String(argument));
    case 'Fn::And':
      return all().includes(false) ? false : all().includes('unknown') ? 'unknown' : true;
    case 'Fn::Or':
      return all().includes(true) ? true : all().includes('unknown') ? 'unknown' : false;
    case 'Fn::Not': {
      const [holds = 'unknown'] = all();
      return holds === 'unknown' ? 'unknown' : !holds;
    }
    case 'Fn::Equals': {
      const [left, right] = resolvedList(parts, references);
      if (isUnresolved(left) || isUnresolved(right)) return 'unknown';
      return String(left) === String(right);
    }
    default:
      return 'unknown';
  }
}
