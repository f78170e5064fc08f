import { type Estimate, estimate } from '../../../cli/cost/estimate.ts';
import { FreeTier } from '../../../cli/cost/prices/free-tier.ts';
import type { SystemTemplate } from '../../../cli/cost/templates.ts';
import type { TrafficProfile } from '../../../cli/cost/traffic/profile.ts';
import { fanOut, prices, templateWith } from './templates-of-a-system.ts';

const profile: TrafficProfile = {
  unit: 'order',
  means: 'orders',
  publications: [{ topic: 'Topic', perUnit: 1, bytes: 1_000, attributes: { eventType: 'placed' } }],
  functions: { Consumer: { milliseconds: 500 } },
};
/** 730,000 a month of 730 hours, 0.278 a second. */
const unitsPerDay = 24_000;

function quantity({ lines }: Estimate, price: string, kind = 'traffic'): number {
  return lines.find(line => line.price === price && line.kind === kind)?.quantity ?? 0;
}

function of(template: SystemTemplate, changes: Partial<Parameters<typeof estimate>[0]> = {}): Estimate {
  return estimate({ template, profile, unitsPerDay, prices, ...changes });
}

describe('730,000 events a month by topic, queue and function, worked by hand', () => {
  const result = of(fanOut());

  it('counts a publication each: 0.73 million at 50 cents are 36.5 cents', () => {
    expect(quantity(result, 'sns-publish')).toBeCloseTo(730_000);
    expect(result.lines.find(({ price }) => price === 'sns-publish')?.dollars).toBeCloseTo(0.365);
  });

  it('counts sends, and receives and deletions of full batches: 730,000 + 2 × 146,000, 40.88 cents', () => {
    // 0.278 a second would gather six in a window of 18 seconds; a batch has five at most.
    expect(quantity(result, 'sqs-standard')).toBeCloseTo(1_022_000);
    expect(
      result.lines.find(({ price, kind }) => price === 'sqs-standard' && kind === 'traffic')?.dollars,
    ).toBeCloseTo(0.4088);
  });

  it('counts empty receives whether anything comes: 5 pollers, 3 a minute each, 43,800 minutes', () => {
    expect(quantity(result, 'sqs-standard', 'standing')).toBeCloseTo(657_000);
    expect(result.standing).toBeCloseTo(0.2628);
  });

  it('counts invocations by batch, and their duration by memory', () => {
    expect(quantity(result, 'lambda-request')).toBeCloseTo(146_000);
    // 730,000 × 0.5 s and 146,000 × 0.005 s, with a quarter of a GB.
    expect(quantity(result, 'lambda-arm-gb-second')).toBeCloseTo(91_432.5);
  });

  it('counts three data keys every five minutes: made and opened for SNS, opened for Lambda', () => {
    // A month has 8,760 times five minutes.
    expect(quantity(result, 'kms-request')).toBeCloseTo(26_280);
  });

  it('counts logs: 700 bytes a record and 500 an invocation', () => {
    // 511,000,000 + 73,000,000 bytes
    expect(quantity(result, 'logs-ingestion')).toBeCloseTo(584_000_000 / 1_073_741_824);
  });

  it('adds up', () => {
    expect(result.total).toBeCloseTo(result.lines.reduce((sum, { dollars }) => sum + dollars, 0));
    expect(result.perMillion).toBeCloseTo((result.traffic / 730_000) * 1_000_000);
  });
});

it('asks KMS once for each use where there are fewer than periods', () => {
  // 24 a day are 730 a month: each is made, opened and opened again.
  expect(quantity(of(fanOut({ windowSeconds: 0 }), { unitsPerDay: 24 }), 'kms-request')).toBeCloseTo(
    2_190,
    0,
  );
});

it('delivers nothing that a filter keeps away', () => {
  const result = of(fanOut({ filterPolicy: { eventType: ['shipped'] } }));
  expect(quantity(result, 'sns-publish')).toBeCloseTo(730_000);
  expect(quantity(result, 'sns-sqs')).toBe(0);
  expect(quantity(result, 'lambda-request')).toBe(0);
});

it('counts each 64 KB that is sent, received and published as a request', () => {
  const large = { ...profile, publications: [{ topic: 'Topic', perUnit: 1, bytes: 200_000 }] };
  const result = of(fanOut({ batchSize: 1 }), { profile: large });
  // 200,000 bytes are four times 64 KB: 4 to send, 4 to receive, 1 to delete.
  expect(quantity(result, 'sqs-standard')).toBeCloseTo(9 * 730_000);
  expect(quantity(result, 'sns-publish')).toBeCloseTo(4 * 730_000);
});

it('costs standing still what stands, and has no price of a million of nothing', () => {
  const still = of(fanOut(), { unitsPerDay: 0 });
  expect(still.traffic).toBe(0);
  expect(still.total).toBeCloseTo(0.2628);
  expect(still.perMillion).toBeUndefined();
});

it('counts alarms by the metrics that they look at, and by how often', () => {
  const stat = (Period: number) => ({ MetricStat: { Period, Metric: { Namespace: 'AWS/SQS' } } });
  const result = of(
    templateWith({
      Plain: ['AWS::CloudWatch::Alarm', { Namespace: 'AWS/SQS', MetricName: 'Age', Period: 60 }],
      Ratio: ['AWS::CloudWatch::Alarm', { Metrics: [{ Expression: 'a / b' }, stat(300), stat(300)] }],
      Quick: ['AWS::CloudWatch::Alarm', { Namespace: 'AWS/SQS', MetricName: 'Age', Period: 10 }],
      Both: ['AWS::CloudWatch::CompositeAlarm', {}],
    }),
    { profile: undefined },
  );
  expect(quantity(result, 'alarm-standard', 'standing')).toBe(3);
  expect(quantity(result, 'alarm-high-resolution', 'standing')).toBe(1);
  // 3 × 0.10 + 1 × 0.30 + 0.50
  expect(result.total).toBeCloseTo(1.1);
});

it('counts an interface endpoint in each zone, and a gateway not at all', () => {
  const result = of(
    templateWith({
      Sqs: ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] }],
      S3: ['AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' }],
    }),
    { profile: undefined },
  );
  // 2 × 730 hours at a cent
  expect(result.total).toBeCloseTo(14.6);
});

it('takes the free tier off once for all systems of an account', () => {
  const freeTier = new FreeTier(prices.freeTier);
  const alarms = templateWith(
    Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [`A${i}`, ['AWS::CloudWatch::Alarm', { Period: 60 }] as const]),
    ),
  );
  expect(of(alarms, { profile: undefined, freeTier }).total).toBe(0);
  // Ten are free in all, so that of the next eight six are paid.
  expect(of(alarms, { profile: undefined, freeTier }).total).toBeCloseTo(0.6);
});

it('fails when a resource has no model, and says how to write one', () => {
  const template = templateWith({ Robot: ['AWS::RoboMaker::Robot', {}] });
  expect(() => of(template, { profile: undefined })).toThrow(
    /AWS::RoboMaker::Robot \(Robot of example\) has no cost model.*cli\/cost\/models\/.*free-types\.ts/,
  );
});

it('fails when a profile names what is not in the template any more', () => {
  const renamed = { ...profile, publications: [{ topic: 'OldTopic', perUnit: 1, bytes: 1 }] };
  expect(() => of(fanOut(), { profile: renamed })).toThrow(
    /OldTopic is no AWS::SNS::Topic; there are: Topic\nName it anew in cli\/cost\/traffic\/profiles\/example\.ts/,
  );
});

it('fails when nobody said how long a function takes', () => {
  expect(() => of(fanOut(), { profile: { ...profile, functions: {} } })).toThrow(
    /Consumer of example is invoked, and its traffic profile does not say how long/,
  );
});
