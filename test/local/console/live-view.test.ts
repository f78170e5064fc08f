import { stripVTControlCharacters } from 'node:util';
import { CloudEventStream } from '../../../local/cloud-events.ts';
import { LiveView } from '../../../local/console/live-view.ts';

/** What a view shows of an entry of a function's log, without the time before it. */
function shown(json: Record<string, unknown>): string[] {
  const events = new CloudEventStream();
  const lines: string[] = [];
  const view = new LiveView({ events, queues: () => [] } as never, line =>
    lines.push(stripVTControlCharacters(line).replace(/^ *\d+\.\d s {2}/, '')),
  );
  view.open();
  try {
    events.emit('log', {
      functionName: 'f',
      requestId: '1',
      stream: 'stdout',
      line: JSON.stringify(json),
      json,
      carriesMetrics: false,
    });
  } finally {
    view.close();
  }
  return lines;
}

describe('LiveView', () => {
  it.each(['order_id', 'object_key', 'user_id', 'task_id', 'post_id', 'video_id', 'meme_id', 'search_id'])(
    'shows what an outcome is about: %s',
    field => {
      expect(shown({ service: 'consumer', outcome: 'done', event_type: 'happened', [field]: '7' })).toEqual([
        'consumer     happened 7 → done',
      ]);
    },
  );

  it('shows how often a record that failed was received, and why it failed', () => {
    const entry = { service: 'payment', outcome: 'failed', order_id: '1', receive_count: 3 };

    expect(shown({ ...entry, error: { message: 'The gateway is down.' } })).toEqual([
      'payment      1 → failed (receive 3) – The gateway is down.',
    ]);
  });

  it('leaves out what has no outcome', () => {
    expect(shown({ service: 'payment', message: 'Cold start' })).toEqual([]);
  });
});
