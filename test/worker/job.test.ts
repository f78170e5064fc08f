import { jest } from '@jest/globals';
import * as v from 'valibot';
import { EnvironmentError, required } from '../../contracts/environment.ts';
import { BadMessageError } from '../../worker/failures.ts';
import { type Delivery, defineJob } from '../../worker/job.ts';
import { RecordingLog } from './support/recording.ts';

const contract = {
  kind: 'resize',
  message: v.object({ key: v.string(), width: v.number() }),
  environment: v.object({ BUCKET: required }),
};

const delivery: Delivery = {
  messageId: 'm-1',
  receiveCount: 1,
  sentAt: new Date(0),
  attributes: {},
  signal: new AbortController().signal,
  log: new RecordingLog(),
};

describe('defineJob', () => {
  const close = jest.fn<() => void>();
  const job = defineJob({
    contract,
    subject: ({ key }) => ({ key }),
    open: ({ BUCKET }) => ({
      run: async ({ key, width }) => ({ outcome: `${BUCKET}/${key} at ${width}` }),
      close,
    }),
  });

  it('runs the job of a message with what was opened from the environment', async () => {
    const open = await job.open({ BUCKET: 'pictures' });
    const parsed = open.parse('{"key":"a.png","width":80,"unknown":1}');
    expect(parsed.subject).toEqual({ key: 'a.png' });
    expect(await parsed.run(delivery)).toEqual({ outcome: 'pictures/a.png at 80' });
    await open.close();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('names every field of a message that is wrong', async () => {
    const open = await job.open({ BUCKET: 'pictures' });
    const parse = () => open.parse('{"width":"wide"}');
    expect(parse).toThrow(BadMessageError);
    expect(parse).toThrow(/no resize job: key: .*; width: .*number/);
  });

  it.each(['{', '', 'null', '[]'])('refuses the body %j', async body => {
    const open = await job.open({ BUCKET: 'pictures' });
    expect(() => open.parse(body)).toThrow(BadMessageError);
  });

  it('fails to open without its variables, by name', async () => {
    await expect(job.open({})).rejects.toThrow(EnvironmentError);
    await expect(job.open({})).rejects.toThrow('BUCKET is not set');
  });
});
