/**
 * The calls that answer a task which an execution waits for. Step Functions asks for leave on the state machine
 * that the task is of, and says so when it refuses; the reference that the simulator is made from names no
 * resource for them, so that it takes them for calls of `*`. It is told of others on a state machine instead,
 * which no role here may do.
 *
 * @see https://github.com/aws/aws-cdk/pull/8486
 */
const standIns: ReadonlyMap<string, string> = new Map([
  ['states:SendTaskFailure', 'states:DeleteStateMachine'],
  ['states:SendTaskHeartbeat', 'states:DescribeStateMachine'],
  ['states:SendTaskSuccess', 'states:UpdateStateMachine'],
]);

/** The action as the simulator can judge it. */
export function simulatedAction(action: string): string {
  return standIns.get(action) ?? action;
}

/** Statements as the simulator can judge them, for a request of an action. */
export function simulatedStatements<Content>(statements: Content, action: string): Content {
  return standIns.has(action) ? (renamed(statements) as Content) : statements;
}

function renamed(content: unknown): unknown {
  if (typeof content === 'string') return simulatedAction(content);
  if (Array.isArray(content)) return content.map(renamed);
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(Object.entries(content).map(([name, each]) => [name, renamed(each)]));
}
