import { Logger } from '@aws-lambda-powertools/logger';

export type LogFields = Readonly<Record<string, unknown>>;

/** What a worker and its jobs write: a line of JSON each. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly service: string;
}

/**
 * A log of JSON lines: warnings and errors on standard error, the rest on standard output. Powertools'
 * logger needs nothing of Lambda, and one form of line serves queries over functions and workers alike.
 */
export function jsonLog({ level, service }: LogOptions): Log {
  const logger = new Logger({ logLevel: level, serviceName: service });
  return {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
}

/** A log whose every line carries these fields. */
export function logWith(log: Log, context: LogFields): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...context, ...fields }),
    info: (message, fields) => log.info(message, { ...context, ...fields }),
    warn: (message, fields) => log.warn(message, { ...context, ...fields }),
    error: (message, fields) => log.error(message, { ...context, ...fields }),
  };
}
