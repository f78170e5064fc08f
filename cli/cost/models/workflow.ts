import { traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

/** Standard workflows are charged by transition, express ones here by request alone. */
export const workflowModel: CostModel = ({ path, properties }, flow) => [
  traffic(
    properties.StateMachineType === 'EXPRESS' ? 'states-express' : 'states-transition',
    flow.monthly(flow.profile?.transitions?.[path]),
  ),
];
