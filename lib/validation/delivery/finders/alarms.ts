import { listOf, type OneOrMore } from '../../policy/policy-document.ts';
import type { DeployedResource } from '../app/deployed-stack.ts';
import { arnParts } from '../app/place.ts';
import type { Edge } from '../edge.ts';
import type { Proof } from '../questions.ts';
import { byService, outside, sourceFrom, unknownDelivery } from './finder.ts';

/** CloudWatch tells a topic or invokes a function; it drops without a trace what they do not let in. */
export function alarmEdges(alarm: DeployedResource, proof: Proof): readonly Edge[] {
  const actions = ['AlarmActions', 'InsufficientDataActions', 'OKActions'].flatMap(name =>
    listOf(alarm.property(name) as OneOrMore<string> | undefined),
  );
  return [...new Set(actions)].flatMap(action => actionEdges(alarm, action, proof));
}

function actionEdges(alarm: DeployedResource, action: string, proof: Proof): readonly Edge[] {
  const target = proof.app.referredTo(action);
  // CloudWatch scales by its service-linked role, which no policy of the app has a say in.
  const scales = /^AWS::(ApplicationAutoScaling|AutoScaling)::ScalingPolicy$/.test(target?.type ?? '');
  const service = arnParts(action)?.service;
  if (scales || service === 'autoscaling') return [];
  const source = sourceFrom(alarm);
  switch (target ? arnParts(target.arn)?.service : service) {
    case 'lambda':
      return [
        byService(
          proof,
          { kind: 'Alarm', by: alarm, service: 'lambda.alarms.cloudwatch.amazonaws.com', source },
          action,
        ),
      ];
    case 'sns':
    case undefined:
      return [
        byService(proof, { kind: 'Alarm', by: alarm, service: 'cloudwatch.amazonaws.com', source }, action),
      ];
    default:
      return [unknownDelivery(alarm, 'Alarm', outside(action))];
  }
}
