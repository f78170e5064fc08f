import { Aws } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

// The markdown of a dashboard links into the console: that of AWS's commercial regions.
const consoleHome = `https://${Aws.REGION}.console.aws.amazon.com`;
export const cloudWatchConsole = `${consoleHome}/cloudwatch/home?region=${Aws.REGION}`;

/** A queue in the console, where messages can be looked at and redriven. */
export function queueLink(label: string, { queueName }: IQueue): string {
  const url = `https%3A%2F%2Fsqs.${Aws.REGION}.${Aws.URL_SUFFIX}%2F${Aws.ACCOUNT_ID}%2F${queueName}`;
  return `[${label}](${consoleHome}/sqs/v3/home?region=${Aws.REGION}#/queues/${url})`;
}

/** A log group in the console. */
export function logLink(label: string, { logGroupName }: ILogGroup): string {
  return `[${label}](${cloudWatchConsole}#logsV2:log-groups/log-group/${logGroupName})`;
}

export const logsInsightsLink = `[Logs Insights](${cloudWatchConsole}#logsV2:logs-insights)`;
export const tracesLink = `[Traces](${cloudWatchConsole}#xray:traces/query)`;
