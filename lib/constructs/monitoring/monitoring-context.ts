import type { Construct } from 'constructs';

/** What holds for all that is watched in a stack. */
export interface MonitoringContext {
  /**
   * Where the repository's files can be read, without a slash at the end.
   *
   * @default - runbooks are named and not linked
   */
  readonly docsUrl?: string | undefined;
}

const key = 'messaging:monitoring';

/** Sets what holds for all that is watched below a construct that has no children yet. */
export function setMonitoringContext(scope: Construct, context: MonitoringContext): void {
  scope.node.setContext(key, context);
}

/** What holds for all that is watched in this place; the defaults where nobody set anything. */
export function monitoringContextOf(scope: Construct): MonitoringContext {
  return (scope.node.tryGetContext(key) as MonitoringContext | undefined) ?? {};
}
