import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { workerFlags } from '../../../lib/constructs/fleet/worker-bundle.ts';
import { credentials, region } from './local-sqs.ts';
import { until } from './until.ts';

const repository = resolve(import.meta.dirname, '../../..');

export interface LedgerLine {
  readonly id: string;
  readonly event: 'begun' | 'digested';
  readonly digest?: string;
  readonly pid: number;
}

/** A file in which jobs of several workers leave their traces. */
export class Ledger {
  readonly #folder = mkdtempSync(join(tmpdir(), 'worker-test-'));
  readonly path = join(this.#folder, 'ledger.jsonl');

  lines(): LedgerLine[] {
    try {
      const lines = readFileSync(this.path, 'utf8').trim().split('\n');
      return lines.map(line => JSON.parse(line) as LedgerLine);
    } catch {
      return [];
    }
  }

  of(id: string, event: LedgerLine['event']): LedgerLine[] {
    return this.lines().filter(line => line.id === id && line.event === event);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export interface WorkerLine {
  readonly level?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

/** A worker in a process of its own. */
export class WorkerChild {
  readonly process: ChildProcess;
  readonly exited: Promise<number | string>;
  /** Both streams: a line is written at once, so that lines do not mix. */
  #output = '';

  constructor(environment: Readonly<Record<string, string>>, entry = 'test/worker/fixtures/main.ts') {
    this.process = spawn(process.execPath, ['--no-warnings', ...workerFlags, resolve(repository, entry)], {
      env: { ...defaults, ...credentials, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', chunk => {
        this.#output += String(chunk);
      });
    }
    this.exited = new Promise(done => {
      this.process.on('close', (code, signal) => done(code ?? signal ?? 'unknown'));
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** What it wrote: log lines and metrics. */
  lines(): WorkerLine[] {
    return this.#output
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as WorkerLine);
  }

  find(message: string): WorkerLine | undefined {
    return this.lines().find(line => line.message === message);
  }

  started(): Promise<WorkerLine> {
    return until('the worker has started', () => this.find('Worker started'), 15_000);
  }

  /** Sum of a metric over all that was published. */
  metric(name: string): number {
    return this.lines()
      .flatMap(line => line[name] ?? [])
      .reduce((sum: number, value) => sum + Number(value), 0);
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Ends it for good, if it still runs. */
  async end(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

const defaults = {
  LOG_LEVEL: 'INFO',
  JOB: 'digest-text',
  AWS_REGION: region,
  POWERTOOLS_SERVICE_NAME: 'digest',
  POWERTOOLS_METRICS_NAMESPACE: 'Test',
  VISIBILITY_TIMEOUT_SECONDS: '2',
  HEARTBEAT_SECONDS: '0.5',
  LONG_POLL_SECONDS: '1',
  HEALTH_PORT: '0',
} as const;
