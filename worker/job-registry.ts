import type { Job } from './job.ts';

/** Loads a kind of job: its module's `job`. */
export type JobLoader = () => Promise<{ readonly job: Job }>;

/** Kinds of job by their names. */
export type JobRegistry = Readonly<Record<string, JobLoader>>;

/**
 * The kinds of job that this program does, a line each. Loaded when picked, so that a worker runs no other
 * kind's module code.
 */
export const jobs: JobRegistry = {
  'admit-video': () => import('./jobs/admit-video.ts'),
  'draw-meme': () => import('./jobs/draw-meme.ts'),
  'make-storyboard': () => import('./jobs/make-storyboard.ts'),
  'publish-to-broker': () => import('./jobs/publish-to-broker.ts'),
  'search-flights': () => import('./jobs/search-flights.ts'),
};

/** Thrown when there is no such kind of job, or its module is another kind's. */
export class UnknownJobError extends Error {
  override readonly name = 'UnknownJobError';
}

/**
 * The kind of job by its name.
 *
 * @throws UnknownJobError naming the kinds that there are.
 */
export async function pickJob(kind: string, registry: JobRegistry): Promise<Job> {
  const load = Object.hasOwn(registry, kind) ? registry[kind] : undefined;
  if (load === undefined) {
    const known = Object.keys(registry).sort().join(', ') || 'none';
    throw new UnknownJobError(
      `JOB is "${kind}", which this worker does not know. Known: ${known}. Add a line to worker/job-registry.ts.`,
    );
  }
  const { job } = await load();
  if (job.kind !== kind) {
    throw new UnknownJobError(
      `The registry gives the job "${job.kind}" for "${kind}". Name the line in worker/job-registry.ts after the contract's kind.`,
    );
  }
  return job;
}
