import { traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

/** The first copy of management events is free: calls with messages are what is paid for. */
export const trailModel: CostModel = ({ path }, flow) => [
  traffic('cloudtrail-data-event', flow.monthly(flow.profile?.recordedCalls?.[path])),
];
