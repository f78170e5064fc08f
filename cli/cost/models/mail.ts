import { traffic } from '../charge.ts';
import type { CostModel } from './model.ts';

/** Mails are counted at the configuration set by way of which they are sent. */
export const mailModel: CostModel = ({ path }, flow) => [
  traffic('ses-mail', flow.monthly(flow.profile?.mails?.[path])),
];
