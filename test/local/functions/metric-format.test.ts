import { readEmbeddedMetrics } from '../../../local/functions/metric-format.ts';

const document = (overrides: Record<string, unknown> = {}, directive: Record<string, unknown> = {}) => ({
  _aws: {
    Timestamp: 1_700_000_000_000,
    CloudWatchMetrics: [
      {
        Namespace: 'Orders',
        Dimensions: [['service'], ['service', 'stage']],
        Metrics: [{ Name: 'FailedRecords', Unit: 'Count' }],
        ...directive,
      },
    ],
  },
  service: 'payment',
  stage: 'dev',
  FailedRecords: 2,
  ...overrides,
});

describe('readEmbeddedMetrics', () => {
  it('gives a sample for each set of dimensions', () => {
    const sample = {
      namespace: 'Orders',
      name: 'FailedRecords',
      value: 2,
      unit: 'Count',
      timestamp: 1_700_000_000_000,
    };

    expect(readEmbeddedMetrics(document())).toEqual({
      samples: [
        { ...sample, dimensions: { service: 'payment' } },
        { ...sample, dimensions: { service: 'payment', stage: 'dev' } },
      ],
    });
  });

  it('gives a sample for each value of a list, without dimensions when none are named', () => {
    const reading = readEmbeddedMetrics(document({ FailedRecords: [1, 3] }, { Dimensions: undefined }));

    expect(reading).toMatchObject({
      samples: [
        { value: 1, dimensions: {} },
        { value: 3, dimensions: {} },
      ],
    });
  });

  it('takes the unit None when the metric has none', () => {
    expect(readEmbeddedMetrics(document({}, { Metrics: [{ Name: 'FailedRecords' }] }))).toMatchObject({
      samples: [{ unit: 'None' }, { unit: 'None' }],
    });
  });

  it('leaves alone a document that announces no metrics', () => {
    expect(readEmbeddedMetrics({ level: 'INFO', message: 'order taken' })).toBeUndefined();
    expect(readEmbeddedMetrics({ _aws: { requestId: '1' } })).toBeUndefined();
  });

  it.each([
    [
      'its value is not a number',
      document({ FailedRecords: 'two' }),
      'metric "FailedRecords" has no numeric value',
    ],
    ['a dimension has no value', document({ stage: undefined }), 'dimension "stage" has no text value'],
    ['the namespace is missing', document({}, { Namespace: undefined }), 'must name its Namespace'],
    ['the metrics are not a list', document({}, { Metrics: {} }), 'metrics of Orders must be a list'],
    ['there is no timestamp', { _aws: { CloudWatchMetrics: [] } }, '_aws.Timestamp'],
  ])('says what is wrong when %s', (_case, malformed, fault) => {
    expect(readEmbeddedMetrics(malformed)).toEqual({ fault: expect.stringContaining(fault) });
  });
});
