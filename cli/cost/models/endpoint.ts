import { standing } from '../charge.ts';
import { hoursPerMonth } from '../settings.ts';
import type { CostModel } from './model.ts';

/** An interface endpoint by the hour in each zone; those of S3 and DynamoDB by a gateway are free. */
export const endpointModel: CostModel = ({ properties }) =>
  properties.VpcEndpointType === 'Interface'
    ? [
        standing(
          'endpoint-hour',
          hoursPerMonth * ((properties.SubnetIds as unknown[] | undefined)?.length ?? 1),
        ),
      ]
    : [];
