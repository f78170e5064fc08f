import { standing, traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

export const secretModel: CostModel = ({ path }, flow) => [
  standing('secret', 1),
  traffic('secret-call', flow.monthly(flow.profile?.secrets?.[path])),
];
