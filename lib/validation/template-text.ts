import type { CloudFormationTemplate } from './template-resources.ts';

/**
 * A value of a template as a text, with what the deployment decides as `${…}` in it: two that become the same
 * text are the same text here. What cannot be told at all becomes `*`.
 */
export function textOf(value: unknown, template: CloudFormationTemplate): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const intrinsic = value as Readonly<Record<string, unknown>>;
  const join = intrinsic['Fn::Join'];
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map(part => textOf(part, template)).join(String(join[0]));
  }
  const sub = intrinsic['Fn::Sub'];
  if (typeof sub === 'string') {
    return sub.replace(/\$\{([^!}]+)\}/g, (_, name: string) =>
      textOf(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, template),
    );
  }
  if (typeof intrinsic.Ref === 'string') return referenceText(intrinsic.Ref, template);
  const [id, attribute] = [intrinsic['Fn::GetAtt'] ?? []].flat().join('.').split('.');
  if (!id || !attribute) return '*';
  return (/^(Topic)?Arn$/.test(attribute) ? arnOf(id, template) : undefined) ?? `\${${id}.${attribute}}`;
}

/** What `Ref` gives: a bucket's name, a topic's ARN. */
function referenceText(name: string, template: CloudFormationTemplate): string {
  if (name === 'AWS::Partition') return 'aws';
  switch (template.Resources?.[name]?.Type) {
    case 'AWS::S3::Bucket':
      return nameOf(name, 'BucketName', template);
    case 'AWS::SNS::Topic':
      return arnOf(name, template) ?? name;
    default:
      return `\${${name}}`;
  }
}

/** ARN of a bucket, queue or topic of the template, as {@link textOf} writes it. */
export function arnOf(id: string, template: CloudFormationTemplate): string | undefined {
  const here = `\${AWS::Region}:\${AWS::AccountId}`;
  switch (template.Resources?.[id]?.Type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${nameOf(id, 'BucketName', template)}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${here}:${nameOf(id, 'QueueName', template)}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${here}:${nameOf(id, 'TopicName', template)}`;
    default:
      return undefined;
  }
}

function nameOf(id: string, property: string, template: CloudFormationTemplate): string {
  const name = template.Resources?.[id]?.Properties?.[property];
  return name === undefined ? `\${${id}}` : textOf(name, template);
}
