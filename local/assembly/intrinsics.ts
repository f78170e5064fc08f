import type { TemplateLocation } from './assembly-error.ts';

/** What intrinsic functions refer to: the stack around the value. */
export interface ReferenceScope {
  ref(name: string, at: TemplateLocation): unknown;
  attribute(logicalId: string, attribute: string, at: TemplateLocation): unknown;
  condition(name: string, at: TemplateLocation): boolean;
  mapping(map: string, first: string, second: string, at: TemplateLocation): unknown;
  importValue(exportName: string, at: TemplateLocation): unknown;
  /** A text put together from parts; an address of AWS becomes the one that answers here. */
  localized(text: string): string;
}

/** `AWS::NoValue`: the property or list entry is not there. */
export const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Resolves every intrinsic function in a value of a template.
 *
 * @throws AssemblyError naming stack, logical id and property path, where a function is unknown or badly formed.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function resolveIntrinsics(value: unknown, scope: ReferenceScope, at: TemplateLocation): unknown {
  if (Array.isArray(value)) {
    return value
      .map((entry, index) => resolveIntrinsics(entry, scope, at.child(index)))
      .filter(entry => entry !== NO_VALUE);
  }
  // A secret is looked up by whoever uses the value.
  if (
    typeof value === 'string' &&
    value.includes('{{resolve:') &&
    !value.startsWith('{{resolve:secretsmanager:')
  ) {
    throw at.error(
      `${value} is a dynamic reference, and the local cloud does not run SSM. ` +
        'Override the value for local runs.',
    );
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && isIntrinsic(only[0])) {
    return call(only[0], only[1], scope, at);
  }
  const resolved: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    const result = resolveIntrinsics(entry, scope, at.child(key));
    if (result !== NO_VALUE) {
      resolved[key] = result;
    }
  }
  return resolved;
}

function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::');
}

function call(name: string, argument: unknown, scope: ReferenceScope, at: TemplateLocation): unknown {
  // `Condition` is a function among conditions and the name of a block in a policy statement.
  if (name === 'Condition' && typeof argument !== 'string') {
    return { Condition: resolveIntrinsics(argument, scope, at.child(name)) };
  }
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) {
    throw at.error(
      `${name} is not an intrinsic function that the local cloud resolves (it knows ${Object.keys(INTRINSICS).join(', ')}).`,
    );
  }
  return intrinsic(argument, scope, at.child(name));
}

type Intrinsic = (argument: unknown, scope: ReferenceScope, at: TemplateLocation) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope, at) => scope.ref(text(argument, at), at),
  Condition: (argument, scope, at) => scope.condition(text(argument, at), at),
  'Fn::GetAtt': (argument, scope, at) => {
    const [logicalId, attribute] =
      typeof argument === 'string' ? splitOnce(argument) : list(argument, scope, at, 2).map(String);
    if (!logicalId || !attribute) {
      throw at.error(`expected a logical id and an attribute, got ${JSON.stringify(argument)}.`);
    }
    return scope.attribute(logicalId, attribute, at);
  },
  'Fn::Join': (argument, scope, at) => {
    const [delimiter, parts] = list(argument, scope, at, 2);
    return scope.localized(array(parts, at).map(String).join(text(delimiter, at)));
  },
  'Fn::Split': (argument, scope, at) => {
    const [delimiter, source] = list(argument, scope, at, 2);
    return text(source, at).split(text(delimiter, at));
  },
  'Fn::Select': (argument, scope, at) => {
    const [index, values] = list(argument, scope, at, 2);
    const selected = array(values, at)[Number(index)];
    if (selected === undefined) {
      throw at.error(`index ${String(index)} is outside the list ${JSON.stringify(values)}.`);
    }
    return selected;
  },
  'Fn::Sub': (argument, scope, at) => {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const own = (resolveIntrinsics(variables ?? {}, scope, at) ?? {}) as Record<string, unknown>;
    const composed = text(pattern, at).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) {
        return `\${${name}}`;
      }
      const [logicalId, attribute] = splitOnce(name);
      return String(
        own[name] ?? (attribute ? scope.attribute(logicalId ?? '', attribute, at) : scope.ref(name, at)),
      );
    });
    return scope.localized(composed);
  },
  'Fn::If': (argument, scope, at) => {
    const [condition, whenTrue, whenFalse] = array(argument, at);
    const branch = scope.condition(text(condition, at), at) ? 1 : 2;
    return resolveIntrinsics(branch === 1 ? whenTrue : whenFalse, scope, at.child(branch));
  },
  'Fn::FindInMap': (argument, scope, at) => {
    const [map, first, second] = list(argument, scope, at, 3).map(String);
    return scope.mapping(map ?? '', first ?? '', second ?? '', at);
  },
  'Fn::ImportValue': (argument, scope, at) =>
    scope.importValue(text(resolveIntrinsics(argument, scope, at), at), at),
  'Fn::Base64': (argument, scope, at) =>
    Buffer.from(text(resolveIntrinsics(argument, scope, at), at)).toString('base64'),
  'Fn::Equals': (argument, scope, at) => {
    const [left, right] = list(argument, scope, at, 2);
    return String(left) === String(right);
  },
  'Fn::Not': (argument, scope, at) => list(argument, scope, at, 1)[0] !== true,
  'Fn::And': (argument, scope, at) =>
    array(resolveIntrinsics(argument, scope, at), at).every(value => value === true),
  'Fn::Or': (argument, scope, at) =>
    array(resolveIntrinsics(argument, scope, at), at).some(value => value === true),
};

function splitOnce(name: string): string[] {
  const dot = name.indexOf('.');
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)];
}

function list(argument: unknown, scope: ReferenceScope, at: TemplateLocation, length: number): unknown[] {
  const values = array(resolveIntrinsics(argument, scope, at), at);
  if (values.length !== length) {
    throw at.error(`expected ${length} arguments, got ${JSON.stringify(argument)}.`);
  }
  return values;
}

function array(value: unknown, at: TemplateLocation): unknown[] {
  if (!Array.isArray(value)) {
    throw at.error(`expected a list, got ${JSON.stringify(value)}.`);
  }
  return value;
}

function text(value: unknown, at: TemplateLocation): string {
  if (typeof value !== 'string') {
    throw at.error(`expected a text, got ${JSON.stringify(value)}.`);
  }
  return value;
}
