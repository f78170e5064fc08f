import type { TemplateLocation } from './assembly-error.ts';
import type { TemplateParameter } from './template.ts';

/**
 * The value of a template parameter: the one given, or else the template's default.
 *
 * A parameter of an SSM type holds the *name* of a parameter in the store, which is not there locally, so
 * its default is no value.
 *
 * @throws AssemblyError saying how to give a value, where there is none.
 */
export function parameterValue(
  name: string,
  parameter: TemplateParameter,
  given: string | undefined,
  at: TemplateLocation,
): unknown {
  const isInParameterStore = parameter.Type.startsWith('AWS::SSM::Parameter::');
  const value = given ?? (isInParameterStore ? undefined : parameter.Default);
  if (value === undefined) {
    const why = isInParameterStore
      ? `is read from the SSM parameter ${String(parameter.Default)}, and the local cloud has no parameter store`
      : 'has no default';
    throw at.error(`parameter ${name} ${why}. Give it a value: parameters: { ${name}: '…' }.`);
  }
  const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.includes('List<');
  return isList
    ? String(value)
        .split(',')
        .map(entry => entry.trim())
    : String(value);
}
