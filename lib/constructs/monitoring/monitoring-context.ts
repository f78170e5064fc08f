import type { Construct } from 'constructs';

/**
 * How much is watched. `essential`: that messages are lost, given up, late or not handled, each alarm telling
 * the topic itself. `full`: what leads there too, and of all that is a sign of one fault the topic is told once.
 */
export type AlarmDetail = 'essential' | 'full';

/** What holds for all that is watched in a stack. */
export interface MonitoringContext {
  /**
   * Where the repository's files can be read, without a slash at the end.
   *
   * @default - runbooks are named and not linked
   */
  readonly docsUrl?: string | undefined;

  /** @default 'full' */
  readonly alarms?: AlarmDetail;
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

/** Whether all is watched, the fine alarms too. */
export function watchesAll(scope: Construct): boolean {
  return monitoringContextOf(scope).alarms !== 'essential';
}

/** Alarms that are made only where all is watched. */
export function fineAlarms<Alarm>(scope: Construct, make: () => readonly Alarm[]): readonly Alarm[] {
  return watchesAll(scope) ? make() : [];
}
