/** What one worker of a fleet is, wherever it runs. */
export interface WorkerSpec {
  /** Name of the fleet, `video-processing-back-end`. */
  readonly fleetName: string;
  /** Path of the construct that scales it, for people. */
  readonly path: string;
  /** Folder of the built bundle. */
  readonly directory: string;
  /** What Node.js is started with in that folder: flags, and the program. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The metrics that tell how many workers there are to be, and are. */
  readonly counted: FleetCount;
}

/** Names of a fleet's metrics. */
export interface FleetCount {
  readonly namespace: string;
  readonly desired: string;
  readonly inService: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Where and how workers run here. */
export interface LocalSurroundings {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Longest visibility timeout that a queue gets, in seconds. */
  readonly maxVisibilityTimeoutSeconds: number;
}

/** How long jobs in hand may go on when the local cloud stops. */
const shutdownSeconds = 10;

/**
 * A worker's variables here: those that its template gives it, but for what only the cloud has, and with
 * failures that come back as soon as the queues let them.
 *
 * Credentials are placeholders: nothing here signs a request that leaves the machine.
 */
export function localVariables(
  declared: Readonly<Record<string, string>>,
  { endpoint, maxVisibilityTimeoutSeconds: cap }: LocalSurroundings,
): Record<string, string> {
  const { LIFECYCLE_HOOK_NAME: _hook, AUTO_SCALING_GROUP_NAME: _group, ...variables } = declared;
  const capped = (name: string, otherwise: number) =>
    String(Math.min(Number(declared[name] ?? otherwise), cap));
  return {
    ...variables,
    PLATFORM: 'local',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    VISIBILITY_TIMEOUT_SECONDS: capped('VISIBILITY_TIMEOUT_SECONDS', 30),
    RETRY_FIRST_SECONDS: capped('RETRY_FIRST_SECONDS', 1),
    RETRY_LAST_SECONDS: capped('RETRY_LAST_SECONDS', 900),
    // A receive that waits holds up the end of the worker that asked.
    LONG_POLL_SECONDS: '1',
    SHUTDOWN_SECONDS: String(shutdownSeconds),
    HEALTH_PORT: '0',
  };
}

/** How long a worker that is told to stop may take: for its jobs, for its last receive, and to spare. */
export const stopTimeoutMs = (shutdownSeconds + 10) * 1_000;
