import type { Told } from './service-desk.ts';

const cluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/workers';

/** What AWS services tell, as their documentation shows it; what nobody here reads is left out. */
export const services = {
  instance: (state: string): Told => ({
    source: 'aws.ec2',
    detailType: 'EC2 Instance State-change Notification',
    detail: { 'instance-id': 'i-1234567890abcdef0', state },
  }),

  task: (lastStatus: string, stop?: { readonly code: string; readonly reason: string }): Told => ({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    detail: {
      clusterArn: cluster,
      taskArn: `${cluster.replace(':cluster/', ':task/')}/0d1cc4a1`,
      group: 'service:storyboards',
      lastStatus,
      ...(stop && { stopCode: stop.code, stoppedReason: stop.reason }),
    },
  }),

  alarm: (value: string, previous: string): Told => ({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    detail: {
      alarmName: 'order-processing-backlog',
      state: { value, reason: 'Says "no data" for \\ 3 periods' },
      previousState: { value: previous },
    },
  }),

  health: (category: string): Told => ({
    source: 'aws.health',
    detailType: 'AWS Health Event',
    detail: {
      eventArn: `arn:aws:health:us-east-1::event/SQS/AWS_SQS_${category}/1`,
      service: 'SQS',
      eventTypeCode: 'AWS_SQS_OPERATIONAL_ISSUE',
      eventTypeCategory: category,
    },
  }),
};
