import { Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { validateProps } from '../validation.ts';

export interface LogTrailProps {
  /** Logs of what messages go through, in this order; 1 to 50. */
  readonly logGroups: readonly logs.ILogGroup[];

  /**
   * Field of the log lines that names what a message is about, `order_id`.
   *
   * @default - the correlation id alone leads to everything
   */
  readonly subjectField?: string;
}

const correlationField = 'correlation_id';

/** Fields that a line of every program's log has when it tells what became of a message. */
const fieldsOfEveryLine = ['level', 'service', 'message', 'outcome', correlationField] as const;

/** Fields that Lambda's log lines have beside these, with active tracing, and that lines about failures have. */
const fieldsOfSomeLines = ['xray_trace_id', 'error.name', 'error.message'] as const;

/**
 * Saved query that finds one order, or whatever a system's messages are about, in the logs of all that it
 * went through, the oldest line first. It asks for the id, which may be the correlation id or the subject's.
 *
 * @throws PropsError when there are fewer or more logs than one query may search.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_Insights-Saving-Queries.html
 */
export class LogTrail extends Construct {
  constructor(scope: Construct, id: string, { logGroups, subjectField = correlationField }: LogTrailProps) {
    validateProps(scope, id, [
      {
        prop: 'logGroups',
        value: logGroups.length,
        holds: logGroups.length >= 1 && logGroups.length <= 50,
        allowed: '1 to 50 log groups in one query',
        remedy: 'Part the system into trails that each follow a piece of the way.',
      },
    ]);
    super(scope, id);
    const searched = [...new Set([correlationField, subjectField])];
    const fields = new Set(['@timestamp', ...fieldsOfEveryLine, subjectField, ...fieldsOfSomeLines]);
    new logs.CfnQueryDefinition(this, 'Query', {
      // Folder and name, as the console shows them.
      name: `${Stack.of(this).stackName}/Follow one ${subjectField}`,
      logGroupNames: logGroups.map(({ logGroupName }) => logGroupName),
      queryString: [
        `fields ${[...fields].join(', ')}`,
        `filter ${searched.map(field => `${field} = '{{id}}'`).join(' or ')}`,
        'sort @timestamp asc',
        'limit 1000',
      ].join('\n| '),
      parameters: [{ name: 'id', description: searched.map(labelOf).join(', or ') }],
    });
  }
}

function labelOf(field: string): string {
  return field === correlationField ? 'Correlation id' : field;
}
