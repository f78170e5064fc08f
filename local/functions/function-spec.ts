/** A Lambda function as the template declares it, with its code already built. */
export interface FunctionSpec {
  /** Name by which it is invoked; unique in a runtime. */
  readonly functionName: string;
  /** Absolute path of the built asset: the directory that would be zipped and uploaded. */
  readonly codeDirectory: string;
  /** `file.export` relative to the asset: `index.handler` is the export `handler` of `index.mjs`. */
  readonly handler: string;
  /** The function's own variables, exactly as declared. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Memory in MB; bounds the heap of each execution environment. @default 128 */
  readonly memorySize?: number;
  /** Timeout in seconds. @default 3 */
  readonly timeoutSeconds?: number;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default '000000000000' */
  readonly accountId?: string;
  /** @default `/aws/lambda/<functionName>` */
  readonly logGroupName?: string;
  /** Invocations at once before further ones are throttled; 0 throttles all. @default not reserved */
  readonly reservedConcurrency?: number;
}

/** A function whose declaration Lambda itself would have refused. */
export class InvalidFunctionSpec extends Error {
  override readonly name = 'InvalidFunctionSpec';

  constructor(functionName: string, property: string, value: unknown, allowed: string) {
    super(`Function ${functionName}: ${property} is ${JSON.stringify(value)}; allowed: ${allowed}.`);
  }
}

/** A declaration with every default filled in. */
export type CompleteFunctionSpec = Required<Omit<FunctionSpec, 'reservedConcurrency'>> &
  Pick<FunctionSpec, 'reservedConcurrency'>;

/**
 * Fills in Lambda's defaults and refuses what Lambda refuses.
 *
 * @throws InvalidFunctionSpec naming the property, its value and what is allowed
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function completeFunctionSpec(spec: FunctionSpec): CompleteFunctionSpec {
  const { functionName, handler, memorySize = 128, timeoutSeconds = 3, reservedConcurrency } = spec;
  const refuse = (property: string, value: unknown, allowed: string): never => {
    throw new InvalidFunctionSpec(functionName, property, value, allowed);
  };
  if (!/^[^.\s]\S*\.[\w$]+$/.test(handler)) {
    refuse('handler', handler, 'file.export, for example "index.handler"');
  }
  if (!Number.isInteger(memorySize) || memorySize < 128 || memorySize > 10_240) {
    refuse('memorySize', memorySize, 'a whole number of MB from 128 to 10240');
  }
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 900) {
    refuse('timeoutSeconds', timeoutSeconds, 'a whole number of seconds from 1 to 900');
  }
  if (
    reservedConcurrency !== undefined &&
    (!Number.isInteger(reservedConcurrency) || reservedConcurrency < 0)
  ) {
    refuse('reservedConcurrency', reservedConcurrency, 'a whole number from 0');
  }
  return {
    functionName,
    handler,
    memorySize,
    timeoutSeconds,
    codeDirectory: spec.codeDirectory,
    environment: spec.environment ?? {},
    region: spec.region ?? 'us-east-1',
    accountId: spec.accountId ?? '000000000000',
    logGroupName: spec.logGroupName ?? `/aws/lambda/${functionName}`,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
}

/** ARN under which a handler sees itself invoked. */
export function functionArn(spec: CompleteFunctionSpec): string {
  return `arn:aws:lambda:${spec.region}:${spec.accountId}:function:${spec.functionName}`;
}
