import { SimulatedQueue } from '../../../local/simulation/simulated-queue.ts';
import { Timeline } from '../../../local/simulation/timeline.ts';

const hour = 3_600;

function queueWith(maxReceiveCount?: number) {
  const timeline = new Timeline();
  const done: number[] = [];
  const queue = new SimulatedQueue(
    { name: 'jobs', visibilityTimeout: 120, maxReceiveCount },
    timeline,
    message => done.push(timeline.now - message.sentAt),
  );
  const send = (count: number) => {
    for (let each = 0; each < count; each += 1) queue.send({ at: timeline.now, burst: undefined });
  };
  const receive = () => {
    const message = queue.receive();
    if (message === undefined) throw new Error('the queue is empty');
    return message;
  };
  return { timeline, queue, done, send, receive };
}

describe('a simulated queue', () => {
  it('hides a message that was received, and counts it out when it is deleted', () => {
    const { timeline, queue, done, send, receive } = queueWith();
    send(2);
    const message = receive();
    expect([queue.visible, queue.inFlight]).toEqual([1, 1]);

    timeline.runUntil(30);
    queue.delete(message);

    expect([queue.visible, queue.inFlight, queue.done, done]).toEqual([1, 0, 1, [30]]);
  });

  it('shows a message again when its timeout is over, or at once when it is given back', () => {
    const { timeline, queue, send, receive } = queueWith();
    let shown = 0;
    send(2);
    queue.comesBack(receive(), 'afterTimeout', () => {
      shown += 1;
    });
    queue.comesBack(receive(), 'now', () => {
      shown += 1;
    });

    timeline.runUntil(119);
    expect([queue.visible, shown]).toEqual([1, 1]);

    timeline.runUntil(120);
    expect([queue.visible, shown]).toEqual([2, 2]);
    receive();
    expect(queue.receivedAgain).toBe(1);
  });

  it('moves a message that was received too often to the DLQ', () => {
    const { timeline, queue, send, receive } = queueWith(2);
    send(1);
    for (let each = 0; each < 2; each += 1) {
      queue.comesBack(receive(), 'now', () => undefined);
      timeline.runUntil(timeline.now + 1);
    }

    expect([queue.visible, queue.inFlight, queue.deadLettered, queue.done]).toEqual([0, 0, 1, 0]);
  });

  it('is as old as its oldest message that is not deleted', () => {
    const { timeline, queue, send, receive } = queueWith();
    expect(queue.oldestAge).toBeUndefined();
    send(1);
    timeline.runUntil(100);
    send(1);
    timeline.runUntil(150);
    expect(queue.oldestAge).toBe(150);

    const oldest = receive();
    expect(queue.oldestAge).toBe(150);
    queue.delete(oldest);
    expect(queue.oldestAge).toBe(50);
  });

  it('hands out many messages in the order of being sent', () => {
    const { timeline, send, receive } = queueWith();
    const ages: number[] = [];
    for (let each = 0; each < 5_000; each += 1) {
      timeline.runUntil(each);
      send(1);
    }
    for (let each = 0; each < 5_000; each += 1) ages.push(receive().sentAt);

    expect(ages).toEqual(Array.from({ length: 5_000 }, (_, each) => each));
  });

  it('reports nothing six hours after the last call, and again fifteen minutes after the next', () => {
    const { timeline, queue, send, receive } = queueWith();
    expect(queue.reports).toBe(true);
    timeline.runUntil(6 * hour);
    expect(queue.reports).toBe(false);

    send(1);
    timeline.runUntil(6 * hour + 899);
    expect(queue.reports).toBe(false);
    timeline.runUntil(6 * hour + 900);
    expect(queue.reports).toBe(true);

    queue.delete(receive());
    timeline.runUntil(12 * hour + 899);
    expect(queue.reports).toBe(true);
  });
});
