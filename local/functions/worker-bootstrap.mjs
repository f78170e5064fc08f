// Runs one function in a worker thread, as Lambda's own bootstrap does in a sandbox. Plain JavaScript:
// stripping types inside every thread would double a cold start (22 ms more of 21).

import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {import('./worker-protocol.ts').WorkerSetup} */
const setup = workerData;
let requestId;

/** @param {import('./worker-protocol.ts').WorkerMessage} message */
const tell = message => parentPort.postMessage(message);

/** @returns {import('./invocation.ts').FunctionError} */
function describe(thrown, errorType) {
  if (thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'stack' in thrown)) {
    return {
      errorType: errorType ?? String(thrown.name ?? 'Error'),
      errorMessage: String(thrown.message),
      trace: String(thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: errorType ?? typeof thrown, errorMessage: String(thrown), trace: [] };
}

// Lines go through the same port as answers, so that they arrive before the answer that follows them and
// under the invocation that wrote them; each is sent at once, so that a handler killed next loses none.
function captureLines(streamName) {
  const decoder = new TextDecoder();
  let unfinished = '';
  process[streamName].write = (chunk, encoding, callback) => {
    const text =
      typeof chunk === 'string'
        ? Buffer.isEncoding(encoding) && encoding !== 'utf8'
          ? Buffer.from(chunk, encoding).toString()
          : chunk
        : decoder.decode(chunk, { stream: true });
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop();
    if (lines.length > 0) tell({ type: 'log', requestId, stream: streamName, lines });
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
  return () => {
    if (unfinished !== '') tell({ type: 'log', requestId, stream: streamName, lines: [unfinished] });
    unfinished = '';
  };
}

const flushes = ['stdout', 'stderr'].map(captureLines);
const flush = () => {
  for (const each of flushes) each();
};

function endWith(error) {
  flush();
  tell({ type: 'fatal', error });
  process.exit(1);
}
process.on('uncaughtException', thrown => endWith(describe(thrown)));
process.on('unhandledRejection', thrown => {
  const error = describe(thrown, 'Runtime.UnhandledPromiseRejection');
  const name = thrown instanceof Error ? `${thrown.name}: ` : '';
  endWith({ ...error, errorMessage: `${name}${error.errorMessage}` });
});

if (setup.packagesDirectory !== undefined) {
  const standIn = pathToFileURL(`${setup.packagesDirectory}/`).href;
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const bare = !/^(?:[./]|[a-z]+:)/.test(specifier);
        if (!bare || !['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(error?.code)) throw error;
        return next(specifier, { ...context, parentURL: standIn });
      }
    },
  });
}

function describeLoadFailure(thrown) {
  if (thrown instanceof SyntaxError) return describe(thrown, 'Runtime.UserCodeSyntaxError');
  if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(thrown?.code)) return describe(thrown);
  const error = describe(thrown, 'Runtime.ImportModuleError');
  const places = [setup.entry, setup.packagesDirectory]
    .filter(place => place !== undefined)
    .join(' and from ');
  return {
    ...error,
    errorMessage:
      `${error.errorMessage}. Packages that a bundle leaves to the Lambda runtime (@aws-sdk/*, @smithy/*) ` +
      `are looked for here in node_modules from ${places} upward: install the package there, or bundle it.`,
  };
}

async function loadHandler() {
  const module = await import(setup.entry).catch(thrown => {
    throw describeLoadFailure(thrown);
  });
  // A CommonJS bundle shows its exports on `default` when its names cannot be told without running it.
  const handler = module[setup.exportName] ?? module.default?.[setup.exportName];
  if (typeof handler !== 'function') {
    throw {
      errorType: handler === undefined ? 'Runtime.HandlerNotFound' : 'Runtime.HandlerNotFunction',
      errorMessage: `${setup.exportName} of ${setup.entry} is ${handler === undefined ? 'undefined or not exported' : 'not a function'}`,
      trace: [],
    };
  }
  if (handler.length > 2) {
    throw {
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage:
        'The handler takes a callback, which Lambda no longer passes from Node.js 24 on: make it async and return its result.',
      trace: [],
    };
  }
  return handler;
}

/** @param {import('./worker-protocol.ts').InvokeMessage} message */
async function invoke(handler, message) {
  requestId = message.requestId;
  const context = {
    ...setup.context,
    functionVersion: '$LATEST',
    awsRequestId: message.requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  };
  let answer;
  try {
    const result = await handler(JSON.parse(message.event), context);
    answer = { type: 'answered', requestId, payload: JSON.stringify(result) ?? 'null' };
  } catch (thrown) {
    answer = { type: 'failed', requestId, error: describe(thrown) };
  }
  flush();
  tell(answer);
}

try {
  const handler = await loadHandler();
  flush();
  parentPort.on('message', message => void invoke(handler, message));
  tell({ type: 'ready' });
} catch (error) {
  flush();
  tell({ type: 'init-failed', error });
  process.exit(1);
}
