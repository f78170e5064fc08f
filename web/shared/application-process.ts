import type * as v from 'valibot';
import {
  type ApplicationServerEnvironment,
  applicationServerEnvironment,
} from '../../contracts/application-server.ts';
import { type EnvironmentSchema, parseEnvironment } from '../../contracts/environment.ts';
import { errorFrom } from './failures.ts';
import { jsonLog, type Log } from './log.ts';
import { EmbeddedMetrics, type ServerMetrics } from './metrics.ts';

/** A server that a process is for. */
export interface ApplicationServer {
  /** @returns its URL. */
  start(): Promise<string>;
  /** Takes no further request, lets those in hand end for so many milliseconds, and frees what it holds. */
  stop(withinMs: number): Promise<void>;
}

/** Makes a server of its environment. */
export type ApplicationServerFactory<Schema extends EnvironmentSchema> = (
  environment: ApplicationServerEnvironment & v.InferOutput<Schema>,
  log: Log,
  metrics: ServerMetrics,
) => ApplicationServer;

/**
 * Runs this process as an application server, until a signal stops it.
 *
 * SIGTERM and SIGINT let requests in hand go on for `SHUTDOWN_SECONDS`; a second one leaves them no time. An
 * error that nobody caught leaves them none either.
 *
 * @returns the exit code: 0 after an orderly stop, 1 after a crash or when the server could not start.
 */
export async function runApplicationServer<Schema extends EnvironmentSchema>(
  schema: Schema,
  make: ApplicationServerFactory<Schema>,
): Promise<number> {
  let log: Log = jsonLog({ level: 'INFO', service: 'application-server' });
  try {
    const environment = {
      ...parseEnvironment(applicationServerEnvironment, process.env),
      ...parseEnvironment(schema, process.env),
    } as ApplicationServerEnvironment & v.InferOutput<Schema>;
    const service = environment.POWERTOOLS_SERVICE_NAME;
    log = jsonLog({ level: environment.LOG_LEVEL, service });
    const metrics = new EmbeddedMetrics({ namespace: environment.POWERTOOLS_METRICS_NAMESPACE, service });
    const server = make(environment, log, metrics);
    const stopping = stopRequest(log);
    const url = await server.start();
    log.info('Server started', { url, pid: process.pid });
    const { withTime, exitCode } = await stopping.requested;
    log.info('Server stops', { exit_code: exitCode });
    await Promise.race([server.stop(withTime ? environment.SHUTDOWN_SECONDS * 1_000 : 0), stopping.repeated]);
    metrics.close();
    log.info('Server stopped');
    return exitCode;
  } catch (error) {
    log.error('Server not started', { error: errorFrom(error) });
    return 1;
  }
}

/** What ends the process, and whether requests in hand have time. */
interface StopRequest {
  readonly withTime: boolean;
  readonly exitCode: number;
}

function stopRequest(log: Log): { requested: Promise<StopRequest>; repeated: Promise<void> } {
  const requested = Promise.withResolvers<StopRequest>();
  const repeated = Promise.withResolvers<void>();
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      requested.resolve({ withTime: true, exitCode: 0 });
      if (signals++ > 0) repeated.resolve();
    });
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (thrown: unknown) => {
      log.error('Server crashed', { error: errorFrom(thrown) });
      requested.resolve({ withTime: false, exitCode: 1 });
    });
  }
  return { requested: requested.promise, repeated: repeated.promise };
}
