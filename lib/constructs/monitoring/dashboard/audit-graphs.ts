import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { AuditMonitoring } from '../audit-monitoring.ts';
import { everyMinute, type Graph } from './graph.ts';

/** Calls that a person should hear of, and all that change something. */
export function auditGraphs({ counts, recorded }: AuditMonitoring): Graph[] {
  const sum = { ...everyMinute, statistic: cloudwatch.Stats.SUM };
  return [
    { title: 'Dangerous calls a minute (count)', left: counts.map(metric => metric.with(sum)) },
    {
      title: 'Calls a minute that change something (count)',
      left: [recorded.with({ ...sum, label: 'recorded' })],
    },
  ];
}
