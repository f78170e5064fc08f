import { referredId } from './stack-template.ts';
import type { ResourceJson, TemplateJson } from './synthesized-app.ts';

/** A value of a template as text, with a word in the place of each reference: `<QueueId>`. */
export function statedText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { 'Fn::Join': join, 'Fn::Base64': base64 } = value as {
    'Fn::Join'?: [string, unknown];
    'Fn::Base64'?: unknown;
  };
  if (base64 !== undefined) return statedText(base64);
  // A list that only the deployment knows is one reference.
  if (join) return Array.isArray(join[1]) ? join[1].map(statedText).join(join[0]) : statedText(join[1]);
  return `<${referredId(value)}>`;
}

/** Variables that a launch template gives to the worker of its instances, as its boot script writes them. */
export function bootVariables({ Properties }: ResourceJson): Record<string, string> {
  const { UserData } = Properties.LaunchTemplateData as { UserData: unknown };
  const [, file = ''] =
    /cat > \/etc\/worker\/environment <<'END'\n([\s\S]*?)\nEND\n/.exec(statedText(UserData)) ?? [];
  return Object.fromEntries(
    file.split('\n').map(line => {
      const [, name = line, value = ''] = /^(\w+)="(.*)"$/.exec(line) ?? [];
      return [name, value];
    }),
  );
}

/** Variables that a task definition gives to its one container. */
export function containerVariables({ Properties }: ResourceJson): Record<string, string> {
  const [container] = Properties.ContainerDefinitions as {
    Environment: { Name: string; Value: unknown }[];
  }[];
  return Object.fromEntries(
    (container?.Environment ?? []).map(({ Name, Value }) => [Name, statedText(Value)]),
  );
}

/** Variables as a deployment would fill them in: something of the right form for each reference. */
export function asDeployed(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      name.endsWith('_URL') ? 'https://sqs.eu-west-1.amazonaws.com/111122223333/queue' : value,
    ]),
  );
}

/** The resource of a type for which something holds, with its id; there must be one. */
export function theOnly(
  template: TemplateJson,
  type: string,
  holds: (properties: ResourceJson['Properties']) => boolean = () => true,
): { readonly id: string; readonly resource: ResourceJson } {
  const found = Object.entries(template.Resources).filter(
    ([, { Type, Properties }]) => Type === type && holds(Properties ?? {}),
  );
  const [first] = found;
  if (!first || found.length > 1) throw new Error(`Expected one such ${type}, found ${found.length}`);
  return { id: first[0], resource: first[1] };
}
