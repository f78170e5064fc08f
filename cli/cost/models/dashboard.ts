import { standing } from '../charge.ts';
import type { CostModel } from './model.ts';

export const dashboardModel: CostModel = () => [standing('dashboard', 1)];
