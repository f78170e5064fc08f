import { standing, traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

/** A key by the month, and what functions ask of it themselves; data keys are counted where they are used. */
export const keyModel: CostModel = ({ path }, flow) => [
  standing('kms-key', 1),
  traffic('kms-request', flow.monthly(flow.profile?.keys?.[path])),
];
