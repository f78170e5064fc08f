/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export interface InputTransformer {
  /** Variables by where their values stand in the event. */
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  /** What the target gets, with `<variable>` where a value goes. */
  readonly InputTemplate: string;
}

/** What a target gets of an event: values as JSON, a variable that leads nowhere as an empty text. */
export function transformed(
  event: object,
  { InputPathsMap: paths = {}, InputTemplate: template }: InputTransformer,
): string {
  return template.replaceAll(/<([\w-]+)>/g, (whole, name: string) => {
    const path = paths[name];
    return path === undefined ? whole : (JSON.stringify(valueAt(event, path)) ?? '""');
  });
}

/** The paths that EventBridge knows here: `$.detail.instance-id`, and `[0]` for an entry of a list. */
function valueAt(event: object, path: string): unknown {
  const steps = path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .slice(1);
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[step]
        : undefined,
    event,
  );
}
