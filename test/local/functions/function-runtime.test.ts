import { once } from 'node:events';
import type {
  EnvironmentChange,
  FunctionLogLine,
  FunctionMetric,
  InvocationReport,
} from '../../../local/functions/function-events.ts';
import {
  FunctionRuntime,
  type FunctionRuntimeOptions,
  UnknownFunction,
} from '../../../local/functions/function-runtime.ts';
import { type FunctionSpec, InvalidFunctionSpec } from '../../../local/functions/function-spec.ts';
import type { InvocationResult } from '../../../local/functions/invocation.ts';
import { FunctionDirectory } from './function-directory.ts';

// Threads start slowly on a busy machine.

let directory: FunctionDirectory;
const runtimes: FunctionRuntime[] = [];

beforeAll(async () => {
  directory = await FunctionDirectory.create();
});

afterEach(async () => {
  await Promise.all(runtimes.splice(0).map(runtime => runtime.stop()));
});

afterAll(() => directory.remove());

function runtimeWith(options?: FunctionRuntimeOptions) {
  const runtime = new FunctionRuntime(options);
  runtimes.push(runtime);
  const seen = {
    logs: [] as FunctionLogLine[],
    metrics: [] as FunctionMetric[],
    invocations: [] as InvocationReport[],
    environments: [] as EnvironmentChange[],
  };
  runtime.events.on('log', line => seen.logs.push(line));
  runtime.events.on('metric', metric => seen.metrics.push(metric));
  runtime.events.on('invocation', report => seen.invocations.push(report));
  runtime.events.on('environment', change => seen.environments.push(change));
  return { runtime, seen };
}

let assets = 0;
async function register(runtime: FunctionRuntime, source: string, overrides: Partial<FunctionSpec> = {}) {
  assets += 1;
  const codeDirectory = await directory.write(String(assets), source);
  const spec = { functionName: `function-${assets}`, codeDirectory, handler: 'index.handler', ...overrides };
  runtime.register(spec);
  return spec.functionName;
}

const payloadOf = (result: InvocationResult): unknown => {
  if (result.outcome !== 'success') throw new Error(`${result.outcome}: ${result.error.errorMessage}`);
  return JSON.parse(result.payload);
};

describe('FunctionRuntime', () => {
  it('invokes a handler with its event and gives back its answer', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      'export const handler = async event => ({ doubled: event.value * 2 });',
    );

    const result = await runtime.invoke(name, { value: 21 });

    expect(payloadOf(result)).toEqual({ doubled: 42 });
    expect(result.durationMs).toBeGreaterThan(0);
    expect(result.initDurationMs).toBeGreaterThan(0);
    expect(seen.invocations).toEqual([{ functionName: name, concurrentExecutions: 1, result }]);
  });

  it('answers null when the handler returns nothing', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => {};');

    expect(payloadOf(await runtime.invoke(name, {}))).toBeNull();
  });

  it('finds a CommonJS handler in index.js', async () => {
    const { runtime } = runtimeWith();
    const codeDirectory = await directory.write(
      'commonjs',
      'exports.handler = async () => "cjs";',
      'index.js',
    );
    runtime.register({ functionName: 'commonjs', codeDirectory, handler: 'index.handler' });

    expect(payloadOf(await runtime.invoke('commonjs', {}))).toBe('cjs');
  });

  it("gives the handler Lambda's context", async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async (event, context) => ({
        ...context, remaining: context.getRemainingTimeInMillis(),
      });`,
      { timeoutSeconds: 7, memorySize: 256, region: 'eu-west-1' },
    );

    const result = await runtime.invoke(name, {});

    expect(payloadOf(result)).toMatchObject({
      awsRequestId: result.requestId,
      functionName: name,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}`,
      memoryLimitInMB: '256',
      logGroupName: `/aws/lambda/${name}`,
    });
    const { remaining } = payloadOf(result) as { remaining: number };
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(7000);
  });

  it("gives the handler the function's environment and nothing of this process's", async () => {
    process.env.SECRET_OF_THE_DEVELOPER = 'x';
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => process.env;', {
      environment: { TABLE_NAME: 'payments', AWS_ACCESS_KEY_ID: 'own' },
      region: 'eu-west-1',
    });

    const environment = payloadOf(await runtime.invoke(name, {})) as Record<string, string>;
    delete process.env.SECRET_OF_THE_DEVELOPER;

    expect(environment).toMatchObject({
      TABLE_NAME: 'payments',
      AWS_ACCESS_KEY_ID: 'own',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    });
    expect(environment).not.toHaveProperty('SECRET_OF_THE_DEVELOPER');
    expect(environment).not.toHaveProperty('HOME');
  });

  it('refuses to register a handler that the asset does not hold', async () => {
    const { runtime } = runtimeWith();

    await expect(register(runtime, '', { handler: 'missing.handler' })).rejects.toThrow(InvalidFunctionSpec);
    await expect(register(runtime, '', { handler: 'missing.handler' })).rejects.toThrow(/missing\.mjs/);
  });

  it('names the functions that it has when asked for another', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => 1;');

    await expect(runtime.invoke('nobody', {})).rejects.toThrow(UnknownFunction);
    await expect(runtime.invoke('nobody', {})).rejects.toThrow(name);
  });
});

describe('FunctionRuntime, execution environments', () => {
  const COUNTER = 'let calls = 0; export const handler = async () => ++calls;';

  it('reuses a warm environment and reports its start once', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(runtime, COUNTER);

    const results = [
      await runtime.invoke(name, {}),
      await runtime.invoke(name, {}),
      await runtime.invoke(name, {}),
    ];

    expect(results.map(payloadOf)).toEqual([1, 2, 3]);
    expect(results.map(result => result.initDurationMs !== undefined)).toEqual([true, false, false]);
    expect(seen.environments).toEqual([{ functionName: name, change: 'started' }]);
  });

  it('gives an environment one invocation at a time, and grows to the limit while invocations wait long', async () => {
    const { runtime, seen } = runtimeWith({ environmentsPerFunction: 3 });
    const name = await register(
      runtime,
      `let inside = 0;
       export const handler = async () => {
         inside += 1;
         const together = inside;
         await new Promise(resolve => setTimeout(resolve, 400));
         inside -= 1;
         return together;
       };`,
    );

    const results = await Promise.all(Array.from({ length: 9 }, () => runtime.invoke(name, {})));

    expect(new Set(results.map(payloadOf))).toEqual(new Set([1]));
    expect(seen.environments).toHaveLength(3);
    expect(Math.max(...seen.invocations.map(report => report.concurrentExecutions))).toBe(9);
  });

  it('stays with one environment for handlers that are done at once', async () => {
    const { runtime, seen } = runtimeWith({ environmentsPerFunction: 3 });
    const name = await register(runtime, 'export const handler = async () => 1;');

    await Promise.all(Array.from({ length: 50 }, () => runtime.invoke(name, {})));

    expect(seen.environments).toHaveLength(1);
  });

  it('throttles what exceeds reserved concurrency', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      'export const handler = () => new Promise(resolve => setTimeout(resolve, 50));',
      { reservedConcurrency: 1 },
    );

    const [first, second] = await Promise.all([runtime.invoke(name, {}), runtime.invoke(name, {})]);

    expect(first?.outcome).toBe('success');
    expect(second).toMatchObject({ outcome: 'throttled', error: { errorType: 'TooManyRequestsException' } });
    expect(seen.invocations.map(report => report.result.outcome).sort()).toEqual(['success', 'throttled']);
    expect((await runtime.invoke(name, {})).outcome).toBe('success');
  });

  it('merges changed variables with those declared, and removes what is given as undefined', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      'export const handler = async () => ({ mode: process.env.MODE, other: process.env.OTHER });',
      { environment: { MODE: 'failing', OTHER: 'kept' } },
    );

    const answers = [await runtime.invoke(name, {})];
    runtime.updateEnvironment(name, { MODE: 'working' });
    answers.push(await runtime.invoke(name, {}));
    runtime.updateEnvironment(name, { MODE: undefined });
    answers.push(await runtime.invoke(name, {}));

    expect(answers.map(payloadOf)).toEqual([
      { mode: 'failing', other: 'kept' },
      { mode: 'working', other: 'kept' },
      { other: 'kept' },
    ]);
    expect(seen.environments.map(({ change }) => change)).toEqual([
      'started',
      'retired',
      'started',
      'retired',
      'started',
    ]);
  });

  it('finishes a running invocation on the old variables', async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async ({ wait }) => {
         console.log('running');
         await new Promise(resolve => setTimeout(resolve, wait));
         return process.env.MODE;
       };`,
      { environment: { MODE: 'old' } },
    );
    const running = once(runtime.events, 'log');
    const inHand = runtime.invoke(name, { wait: 100 });
    await running;

    runtime.updateEnvironment(name, { MODE: 'new' });

    expect(payloadOf(await runtime.invoke(name, { wait: 0 }))).toBe('new');
    expect(payloadOf(await inHand)).toBe('old');
    const later = await Promise.all([1, 2].map(() => runtime.invoke(name, { wait: 20 })));
    expect(later.map(payloadOf)).toEqual(['new', 'new']);
  });

  it('drains what it has accepted before it stops, and refuses what comes later', async () => {
    const { runtime } = runtimeWith({ environmentsPerFunction: 1 });
    const name = await register(
      runtime,
      'export const handler = () => new Promise(resolve => setTimeout(resolve, 30, "done"));',
    );
    const accepted = [runtime.invoke(name, {}), runtime.invoke(name, {})];

    const stopped = runtime.stop();
    const late = await runtime.invoke(name, {});
    await stopped;

    expect((await Promise.all(accepted)).map(payloadOf)).toEqual(['done', 'done']);
    expect(late).toMatchObject({
      outcome: 'throttled',
      error: { errorMessage: expect.stringContaining('stopping') },
    });
  });
});

describe('FunctionRuntime, failures', () => {
  it("reports a thrown error as Lambda does, in the error's own name", async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `class PaymentDeclined extends Error { name = 'PaymentDeclined'; }
       export const handler = async () => { throw new PaymentDeclined('card 1002'); };`,
    );

    const result = await runtime.invoke(name, {});

    expect(result).toMatchObject({
      outcome: 'error',
      error: { errorType: 'PaymentDeclined', errorMessage: 'card 1002' },
    });
    expect(result.outcome !== 'success' && result.error.trace[0]).toContain('card 1002');
  });

  it('reports a thrown text', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => { throw "no"; };');

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'error',
      error: { errorType: 'string', errorMessage: 'no', trace: [] },
    });
  });

  it('reports an answer that is not JSON', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => ({ amount: 1n });');

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'error',
      error: { errorType: 'TypeError' },
    });
  });

  it('reports an answer over 6 MB', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => "x".repeat(6_300_000);');

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'error',
      error: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it.each([
    ['waits', 'await new Promise(resolve => setTimeout(resolve, 60_000));'],
    ['loops', 'for (;;);'],
  ])('ends a handler that %s beyond its timeout, and starts afresh', async (_how, misbehave) => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      `let calls = 0;
       export const handler = async ({ hang }) => {
         calls += 1;
         console.log('began');
         if (hang) { ${misbehave} }
         return calls;
       };`,
      { timeoutSeconds: 1 },
    );

    const result = await runtime.invoke(name, { hang: true });

    expect(result).toMatchObject({
      outcome: 'timeout',
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 1.00 seconds`,
      },
    });
    expect(seen.logs).toEqual([expect.objectContaining({ line: 'began', requestId: result.requestId })]);
    expect(seen.environments.map(({ change }) => change)).toEqual(['started', 'lost']);
    expect(payloadOf(await runtime.invoke(name, { hang: false }))).toBe(1);
  });

  it('takes an answer in time for one, even if this process was too busy to look at it', async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async () => {
         console.log('running');
         await new Promise(resolve => setTimeout(resolve, 100));
         return 'in time';
       };`,
      { timeoutSeconds: 1 },
    );
    const running = once(runtime.events, 'log');
    const invoked = runtime.invoke(name, {});
    await running;

    await new Promise<void>(resolve => {
      // In a timer, whose turn is the same as that of the timeout.
      setTimeout(() => {
        for (const end = performance.now() + 1_500; performance.now() < end; );
        resolve();
      });
    });

    expect(payloadOf(await invoked)).toBe('in time');
  });

  it('contains a function that runs out of memory', async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async ({ fill }) => {
         const kept = [];
         while (fill) kept.push(new Array(100_000).fill(Math.random()));
         return 'alive';
       };`,
      { timeoutSeconds: 60 },
    );

    const result = await runtime.invoke(name, { fill: true });

    expect(result).toMatchObject({
      outcome: 'crash',
      error: { errorType: 'Runtime.OutOfMemory', errorMessage: expect.stringContaining('128 MB') },
    });
    expect(payloadOf(await runtime.invoke(name, { fill: false }))).toBe('alive');
  });

  it('contains process.exit', async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, 'export const handler = async () => { process.exit(3); };');

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'crash',
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('exit status 3') },
    });
  });

  it.each([
    [
      'an unhandled rejection',
      'void Promise.reject(new TypeError("lost"));',
      'Runtime.UnhandledPromiseRejection',
      'TypeError: lost',
    ],
    ['an error in a timer', 'setTimeout(() => { throw new RangeError("late"); });', 'RangeError', 'late'],
  ])('reports %s by name', async (_case, misbehave, errorType, errorMessage) => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async () => { ${misbehave} await new Promise(resolve => setTimeout(resolve, 5000)); };`,
      { timeoutSeconds: 10 },
    );

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'crash',
      error: { errorType, errorMessage },
    });
  });

  it('tells of an environment that ends between invocations, and replaces it', async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      'export const handler = async () => { setTimeout(() => { throw new Error("afterwards"); }, 20); return 1; };',
    );
    const lost = new Promise<EnvironmentChange>(resolve => {
      runtime.events.on('environment', change => {
        if (change.change === 'lost') resolve(change);
      });
    });

    expect(payloadOf(await runtime.invoke(name, {}))).toBe(1);
    expect(await lost).toMatchObject({ functionName: name, reason: 'Error: afterwards' });
    expect(payloadOf(await runtime.invoke(name, {}))).toBe(1);
  });

  it('reports a module that throws while loading by its error, and tries again at the next invocation', async () => {
    const { runtime } = runtimeWith();
    const name = await register(
      runtime,
      `console.error('loading');
       if (process.env.TABLE_NAME === undefined) throw new RangeError('TABLE_NAME is missing');
       export const handler = async () => 'loaded';`,
    );

    const failures = [await runtime.invoke(name, {}), await runtime.invoke(name, {})];
    runtime.updateEnvironment(name, { TABLE_NAME: 'payments' });

    for (const failure of failures) {
      expect(failure).toMatchObject({
        outcome: 'init-failure',
        durationMs: 0,
        error: { errorType: 'RangeError', errorMessage: 'TABLE_NAME is missing' },
      });
    }
    expect(payloadOf(await runtime.invoke(name, {}))).toBe('loaded');
  });

  it('fails every invocation that waits, one start each, when the module cannot be loaded', async () => {
    const { runtime } = runtimeWith({ environmentsPerFunction: 2 });
    const name = await register(runtime, 'throw new Error("broken");');

    const results = await Promise.all([1, 2, 3, 4, 5].map(() => runtime.invoke(name, {})));

    expect(results.map(result => result.outcome)).toEqual(Array(5).fill('init-failure'));
  });

  it.each([
    ['exports no such handler', 'export const other = 1;', 'Runtime.HandlerNotFound', 'handler'],
    [
      'exports something else as handler',
      'export const handler = 1;',
      'Runtime.HandlerNotFunction',
      'not a function',
    ],
    [
      'takes a callback',
      'export const handler = (event, context, callback) => callback();',
      'Runtime.CallbackHandlerDeprecated',
      'async',
    ],
    ['cannot be parsed', 'export const handler = ;', 'Runtime.UserCodeSyntaxError', 'Unexpected token'],
    ['exits while loading', 'process.exit(0);', 'Runtime.ExitError', 'without providing a reason'],
  ])('names the fault of a module that %s', async (_case, source, errorType, message) => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, source);

    expect(await runtime.invoke(name, {})).toMatchObject({
      outcome: 'init-failure',
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
  });
});

describe('FunctionRuntime, packages that the Lambda runtime ships', () => {
  const USES_SDK = `import { SQSClient } from '@aws-sdk/client-sqs';
    export const handler = async () => SQSClient.name;`;

  it("finds them among this project's for an asset that stands outside of any project", async () => {
    const { runtime } = runtimeWith();
    const name = await register(runtime, USES_SDK);

    expect(payloadOf(await runtime.invoke(name, {}))).toBe('SQSClient');
  });

  it('says what is missing and what to do when they are nowhere', async () => {
    const { runtime } = runtimeWith({ packagesDirectory: directory.path });
    const name = await register(runtime, USES_SDK);

    const result = await runtime.invoke(name, {});

    expect(result).toMatchObject({
      outcome: 'init-failure',
      error: {
        errorType: 'Runtime.ImportModuleError',
        errorMessage: expect.stringContaining('@aws-sdk/client-sqs'),
      },
    });
    expect(result.outcome !== 'success' && result.error.errorMessage).toContain(directory.path);
    expect(result.outcome !== 'success' && result.error.errorMessage).toContain(
      'install the package there, or bundle it',
    );
  });
});

describe('FunctionRuntime, what functions write', () => {
  it('gives each line under its invocation, before the invocation is reported', async () => {
    const { runtime } = runtimeWith();
    const order: string[] = [];
    runtime.events.on('log', ({ line }) => order.push(line));
    runtime.events.on('invocation', () => order.push('reported'));
    const name = await register(
      runtime,
      `console.log('loading');
       export const handler = async () => {
         console.log('one\\ntwo');
         process.stderr.write('unfinished');
       };`,
    );

    await runtime.invoke(name, {});

    expect(order).toEqual(['loading', 'one', 'two', 'unfinished', 'reported']);
  });

  it('tells streams, requests and JSON apart', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      `export const handler = async () => {
         console.log(JSON.stringify({ level: 'INFO', orderId: '1' }));
         console.error('plain {');
       };`,
    );

    const { requestId } = await runtime.invoke(name, {});

    const line = { functionName: name, requestId, carriesMetrics: false };
    expect(seen.logs).toEqual([
      {
        ...line,
        stream: 'stdout',
        line: '{"level":"INFO","orderId":"1"}',
        json: { level: 'INFO', orderId: '1' },
      },
      { ...line, stream: 'stderr', line: 'plain {' },
    ]);
  });

  it('reads metrics out of embedded metric format lines, and says which it cannot read', async () => {
    const { runtime, seen } = runtimeWith();
    const name = await register(
      runtime,
      `const emit = (failed) => console.log(JSON.stringify({
         _aws: { Timestamp: 5, CloudWatchMetrics: [{ Namespace: 'Orders', Dimensions: [['service']],
           Metrics: [{ Name: 'Failed', Unit: 'Count' }] }] },
         service: 'payment', Failed: failed }));
       export const handler = async () => { emit(3); emit('three'); };`,
    );

    await runtime.invoke(name, {});

    expect(seen.metrics).toEqual([
      {
        functionName: name,
        namespace: 'Orders',
        name: 'Failed',
        dimensions: { service: 'payment' },
        value: 3,
        unit: 'Count',
        timestamp: 5,
      },
    ]);
    expect(seen.logs.map(({ carriesMetrics }) => carriesMetrics)).toEqual([true, false]);
    expect(seen.logs[1]?.metricFault).toContain('no numeric value');
  });
});
