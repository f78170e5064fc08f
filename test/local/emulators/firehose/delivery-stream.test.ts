import { gunzipSync } from 'node:zlib';
import {
  DeliveryStream,
  type DeliveryStreamSpec,
} from '../../../../local/emulators/firehose/delivery-stream.ts';
import { DeliveryStreams } from '../../../../local/emulators/firehose/delivery-streams.ts';
import { ObjectPrefix } from '../../../../local/emulators/firehose/object-prefix.ts';
import { PartitionKeys } from '../../../../local/emulators/firehose/partition-keys.ts';
import { eventually } from '../endpoint-under-test.ts';

const anHour = 3_600_000;

function makeStream(changes: Partial<DeliveryStreamSpec> = {}, refusals = 0) {
  const written = new Map<string, string>();
  let refused = 0;
  const spec: DeliveryStreamSpec = {
    name: 'archive',
    arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/archive',
    prefix: new ObjectPrefix('events/type=!{partitionKeyFromQuery:type}/'),
    errorPrefix: new ObjectPrefix('errors/!{firehose:error-output-type}/'),
    partitionKeys: new PartitionKeys('{type:.type}'),
    delimiter: '\n',
    compressed: true,
    bufferMs: anHour,
    bufferBytes: 1_048_576,
    ...changes,
  };
  const stream = new DeliveryStream(spec, async (key, content) => {
    if (refused++ < refusals) throw new Error('The bucket is not there.');
    written.set(key, spec.compressed ? gunzipSync(content).toString() : Buffer.from(content).toString());
  });
  return { stream, written };
}

describe('a delivery stream', () => {
  it('gathers records by their prefix, a line each, in the order in which they came', async () => {
    const { stream, written } = makeStream();
    for (const record of ['{"type":"a","n":1}', '{"type":"b","n":2}', '{"type":"a","n":3}'])
      stream.put(record);
    expect(written.size).toBe(0);

    await stream.flush();

    expect([...written.values()].sort()).toEqual([
      '{"type":"a","n":1}\n{"type":"a","n":3}\n',
      '{"type":"b","n":2}\n',
    ]);
    for (const key of written.keys()) {
      expect(key).toMatch(/^events\/type=[ab]\/archive-1-\d{4}(-\d\d){5}-[0-9a-f-]{36}\.gz$/);
    }
  });

  it('writes once the time is over, without being told to', async () => {
    const { stream, written } = makeStream({ bufferMs: 20 });
    stream.put('{"type":"a"}');
    await eventually(async () => written.size === 1);
  });

  it('writes once there is enough', async () => {
    const { stream, written } = makeStream({ bufferBytes: 30 });
    stream.put('{"type":"a","n":1}');
    stream.put('{"type":"a","n":2}');
    await eventually(async () => written.size === 1);
  });

  it('files what has no partition key under its errors, with the reason and the record', async () => {
    const { stream, written } = makeStream();
    stream.put('no json');
    stream.put('{"type":"a"}');
    await stream.flush();

    const [key = ''] = [...written.keys()].filter(name => name.startsWith('errors/'));
    expect(key).toMatch(/^errors\/processing-failed\/archive-1-/);
    const failed = JSON.parse(written.get(key) ?? '') as { rawData: string; errorCode: string };
    expect(Buffer.from(failed.rawData, 'base64').toString()).toBe('no json');
    expect(failed.errorCode).toBe('DynamicPartitioning.MetadataExtractionFailed');
    expect(written.size).toBe(2);
  });

  it('keeps what its bucket refuses, and writes it with what comes next', async () => {
    const { stream, written } = makeStream({}, 1);
    stream.put('{"type":"a","n":1}');
    await stream.flush();
    expect(written.size).toBe(0);

    stream.put('{"type":"a","n":2}');
    await stream.flush();
    expect([...written.values()]).toEqual(['{"type":"a","n":1}\n{"type":"a","n":2}\n']);
  });

  it('takes records as they are where it files nothing apart and compresses nothing', async () => {
    const { partitionKeys: _, ...spec } = makeStream().stream.spec;
    const written: string[] = [];
    const stream = new DeliveryStream(
      { ...spec, prefix: new ObjectPrefix('all/!{timestamp:yyyy}/'), compressed: false, delimiter: '' },
      async (key, content) => void written.push(key, Buffer.from(content).toString()),
    );
    stream.put('one');
    stream.put('two');
    await stream.flush();
    expect(written).toEqual([expect.stringMatching(/^all\/\d{4}\/archive-1-[^.]*$/), 'onetwo']);
  });
});

it('says that a stream is not there', () => {
  expect(() => new DeliveryStreams().put('arn:made-up', '{}')).toThrow(
    'The delivery stream arn:made-up does not run here.',
  );
});
