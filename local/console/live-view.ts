import { styleText } from 'node:util';
import type { LocalCloud, QueueReading } from '../cloud.ts';

const queueIntervalInMilliseconds = 500;

/** What an entry may be about, the first that it has. */
const subjectFields = [
  'order_id',
  'object_key',
  'user_id',
  'task_id',
  'post_id',
  'video_id',
  'meme_id',
  'search_id',
] as const;

/** Shows a person what happens: what each function did, how full queues are, alarms. */
export class LiveView {
  readonly #cloud: LocalCloud;
  readonly #print: (line: string) => void;
  readonly #start = performance.now();
  readonly #alarms = new Set<string>();
  #queues = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: LocalCloud, print: (line: string) => void) {
    this.#cloud = cloud;
    this.#print = print;
  }

  open(): void {
    this.#cloud.events.on('log', ({ functionName, json, line, carriesMetrics }) => {
      if (carriesMetrics) return;
      if (json) this.#showLogEntry(json);
      else this.#show(functionName, line);
    });
    this.#cloud.events.on('fault', ({ operation, error, consequence }) =>
      this.#show('fault', styleText('red', `${operation}: ${(error as Error).message}. ${consequence}`)),
    );
    this.#cloud.events.on('lostInvocation', ({ functionName, reason }) =>
      this.#show('fault', styleText('red', `An event of ${functionName} is lost: ${reason}`)),
    );
    this.#cloud.events.on('mail', ({ to, subject }) =>
      this.#show('mail', `to ${to.join(', ')}: ${styleText('bold', subject)}`),
    );
    this.#cloud.events.on('fleetFault', ({ what }) => this.#show('fault', styleText('red', what)));
    this.#cloud.events.on('execution', ({ name, status, error }) =>
      this.#show(
        'workflow',
        `${name} → ${styleText(error ? 'red' : 'green', error ?? status.toLowerCase())}`,
      ),
    );
    this.#cloud.events.on('alarm', ({ path, state, reason }) => {
      // The first verdict of an alarm that nothing is wrong with is no news.
      if (state !== 'ALARM' && !this.#alarms.delete(path)) return;
      if (state === 'ALARM') this.#alarms.add(path);
      const colour = state === 'ALARM' ? 'red' : 'green';
      this.#show('alarm', `${styleText(colour, state)} ${path}: ${reason}`);
    });
    this.#timer = setInterval(() => this.#showQueues(), queueIntervalInMilliseconds);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Functions and workers log an outcome for each record, request or job; their other lines are for CloudWatch. */
  #showLogEntry(entry: Readonly<Record<string, unknown>>): void {
    const { service, outcome, event_type, receive_count, error } = entry;
    if (outcome === undefined) return;
    const subject = subjectFields.map(field => entry[field]).find(value => value !== undefined);
    const failed = error !== undefined;
    const again = Number(receive_count) > 1 ? ` (receive ${receive_count})` : '';
    const reason = failed ? ` – ${(error as { message?: string }).message}` : '';
    this.#show(
      String(service),
      `${[event_type, subject].filter(Boolean).join(' ')} → ${styleText(failed ? 'red' : 'green', String(outcome))}${again}${styleText('dim', reason)}`,
    );
  }

  #showQueues(): void {
    const busy = this.#cloud.queues().filter(queue => queue.visible + queue.inFlight + queue.delayed > 0);
    const line = busy.length === 0 ? 'all empty' : busy.map(describeQueue).join(' · ');
    if (line === this.#queues) return;
    this.#queues = line;
    this.#show('queues', line);
  }

  #show(who: string, what: string): void {
    const seconds = ((performance.now() - this.#start) / 1_000).toFixed(1).padStart(6);
    this.#print(`${styleText('dim', `${seconds} s`)}  ${styleText('cyan', who.padEnd(12))} ${what}`);
  }
}

function describeQueue({ name, visible, inFlight, delayed }: QueueReading): string {
  const parts = [`${visible} waiting`];
  if (inFlight > 0) parts.push(`${inFlight} in flight`);
  if (delayed > 0) parts.push(`${delayed} delayed`);
  return `${name} ${parts.join(', ')}`;
}
