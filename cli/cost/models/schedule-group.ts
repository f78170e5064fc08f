import { traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

export const scheduleGroupModel: CostModel = ({ path }, flow) => [
  traffic('scheduler-invocation', flow.monthly(flow.profile?.schedules?.[path])),
];
