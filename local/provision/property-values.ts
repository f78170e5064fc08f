import { AssemblyError } from '../assembly/assembly-error.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';

/** A property that must be there, as text. */
export function textOf(resource: ResourceDeclaration, property: string): string {
  const value = resource.property(property);
  if (typeof value !== 'string' || value === '') {
    throw new AssemblyError(
      `${resource.path} (${resource.type}): ${property} must be a text, got ${JSON.stringify(value)}.`,
    );
  }
  return value;
}

export function listOf<Entry>(resource: ResourceDeclaration, property: string): readonly Entry[] {
  const value = resource.property(property) ?? [];
  if (!Array.isArray(value)) {
    throw new AssemblyError(
      `${resource.path} (${resource.type}): ${property} must be a list, got ${JSON.stringify(value)}.`,
    );
  }
  return value as Entry[];
}

/** CloudFormation takes `true` and `"true"` alike. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** A property as an attribute of SQS and SNS, which are all texts: objects as JSON. */
export function attributeText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** The named properties that are set, as attributes. */
export function attributesOf(
  resource: ResourceDeclaration,
  properties: readonly string[],
): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const property of properties) {
    const value = resource.property(property);
    if (value !== undefined) {
      attributes[property] = attributeText(value);
    }
  }
  return attributes;
}

/** Tags of CloudFormation's list form, as the name-to-value map of the APIs. */
export function tagsOf(resource: ResourceDeclaration): Record<string, string> {
  const tags = listOf<{ Key: string; Value: string }>(resource, 'Tags');
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
