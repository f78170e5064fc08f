import { standing } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import type { CostModel } from './model.ts';

/** By the hour, without the capacity units of traffic, which are less than one here. */
export const loadBalancerModel: CostModel = () => [standing('alb-hour', hoursPerMonth)];
