import { standing, traffic } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import { referredId } from '../templates.ts';
import { countOf } from '../traffic/message-flow.ts';
import type { CostModel } from './model.ts';

/** An on-demand stream by the hour; what goes in and out is cents beside it. */
export const streamModel: CostModel = () => [standing('kinesis-stream-hour', hoursPerMonth)];

/** A pipe by the messages of the queue that it reads. */
export const pipeModel: CostModel = ({ properties }, flow) => {
  const source = flow.template.resources.find(({ id }) => id === referredId(properties.Source));
  return source?.type === 'AWS::SQS::Queue' ? [traffic('pipes-request', countOf(flow.sent(source)))] : [];
};
