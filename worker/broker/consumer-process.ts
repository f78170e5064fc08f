import type * as v from 'valibot';
import type { BrokerTopology } from '../../contracts/broker.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import type { brokerConsumerEnvironment } from '../../contracts/message-broker.ts';
import { errorFrom } from '../failures.ts';
import { HealthServer } from '../observability/health-server.ts';
import { jsonLog, type Log } from '../observability/log.ts';
import { EmbeddedMetrics } from '../observability/metrics.ts';
import { openConsumer } from './broker-clients.ts';
import { secretCredentials } from './credentials.ts';
import { MessageHandling, type MessageHandlingOptions } from './message-handling.ts';

type ConsumerVariables = v.InferOutput<typeof brokerConsumerEnvironment>;
type ConsumerSchema<Output extends ConsumerVariables> = v.ObjectSchema<v.ObjectEntries, undefined> &
  v.GenericSchema<unknown, Output>;

export interface ConsumerProgram<Event, Variables extends ConsumerVariables>
  extends Pick<MessageHandlingOptions<Event>, 'queue' | 'subject'> {
  readonly topology: BrokerTopology;
  /** What the program reads from its environment, what every consumer reads included. */
  readonly environment: ConsumerSchema<Variables>;
  /** Makes what handles events, and its adapters, once. */
  readonly open: (variables: Variables) => MessageHandlingOptions<Event>['handle'];
}

/**
 * Runs this process as a consumer of a queue, until a signal stops it.
 *
 * SIGTERM and SIGINT let messages in hand go on for `SHUTDOWN_SECONDS`; a second one puts them back at once. An
 * error that nobody caught puts them back too.
 *
 * @returns the exit code: 0 after an orderly stop, 1 after a crash or when it could not start.
 */
export async function runConsumerProcess<Event, Variables extends ConsumerVariables>(
  program: ConsumerProgram<Event, Variables>,
): Promise<number> {
  let log: Log = jsonLog({ level: 'INFO', service: 'consumer' });
  try {
    const variables = parseEnvironment(program.environment, process.env) as Variables;
    log = jsonLog({ level: variables.LOG_LEVEL, service: variables.POWERTOOLS_SERVICE_NAME });
    return await run(program, variables, log);
  } catch (error) {
    log.error('Consumer not started', { error: errorFrom(error) });
    return 1;
  }
}

async function run<Event, Variables extends ConsumerVariables>(
  { queue, subject, topology, open }: ConsumerProgram<Event, Variables>,
  variables: Variables,
  log: Log,
): Promise<number> {
  const metrics = new EmbeddedMetrics({
    namespace: variables.POWERTOOLS_METRICS_NAMESPACE,
    service: variables.POWERTOOLS_SERVICE_NAME,
  });
  const stop = stopRequest(variables.SHUTDOWN_SECONDS * 1_000, log);
  const consumer = openConsumer({
    addresses: variables.BROKER_ADDRESSES,
    credentials: secretCredentials(variables.BROKER_SECRET_ARN),
    name: variables.POWERTOOLS_SERVICE_NAME,
    topology,
    prefetch: variables.PREFETCH,
    handling: new MessageHandling({
      queue,
      subject,
      handle: open(variables),
      retry: {
        firstMs: variables.RETRY_FIRST_SECONDS * 1_000,
        lastMs: variables.RETRY_LAST_SECONDS * 1_000,
      },
      log,
      metrics,
    }),
    log,
    metrics,
  });
  // Without a broker it is as healthy as it can be: one that is started anew would reach no more.
  const health = new HealthServer(() => ({ status: 'ok', connected: consumer.isConnected }));
  const healthUrl = await health.listen(variables.HEALTH_PORT);
  log.info('Consumer started', { queue: queue.name, health_url: healthUrl, pid: process.pid });
  const { withinMs, code } = await stop;
  await consumer.stop(withinMs);
  health.close();
  metrics.close();
  log.info('Consumer stopped', { queue: queue.name });
  return code;
}

interface StopRequest {
  readonly withinMs: number;
  readonly code: number;
}

/** Resolves when the process is to stop; a second signal ends it as it is. */
function stopRequest(withinMs: number, log: Log): Promise<StopRequest> {
  const stop = Promise.withResolvers<StopRequest>();
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // The connection goes with the process, and the broker puts back what was not acknowledged.
      if (signals++ > 0) process.exit(0);
      stop.resolve({ withinMs, code: 0 });
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      log.error('Consumer crashed', { error: errorFrom(thrown) });
      stop.resolve({ withinMs: 0, code: 1 });
    });
  }
  return stop.promise;
}
