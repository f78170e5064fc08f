import { traffic } from '../charge.ts';
import { assumptions } from '../settings.ts';
import { logCharges } from './logs.ts';
import type { CostModel } from './model.ts';

/** Requests, and a line of the access log for each. */
export const httpApiModel: CostModel = ({ path }, flow) => {
  const requests = flow.monthly(flow.profile?.requests?.[path]);
  if (requests === 0) return [];
  const retention = flow
    .ofType('AWS::Logs::LogGroup')
    .find(group => group.path.startsWith(`${path.split('/')[0]}/`))?.properties.RetentionInDays;
  return [
    traffic('http-api-request', requests),
    ...logCharges(requests * assumptions.logBytesPerRequest, retention),
  ];
};
