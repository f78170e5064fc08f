import { addressedService, isServed, SERVED } from './addressed-service.ts';
import { AwsError } from './aws-error.ts';
import type { DynamoDb } from './dynamodb/dynamodb.ts';
import type { FauxqsApp } from './fauxqs.ts';
import {
  jsonAnswer,
  jsonError,
  queryAnswer,
  queryError,
  type WireAction,
  type WireAnswer,
} from './wire-protocol.ts';

export interface RequestRoutes {
  readonly dynamoDb: DynamoDb;
  /** Region of requests that are not signed. */
  readonly region: string;
  /** Actions of ours in the JSON protocol, by `x-amz-target`. */
  readonly json: ReadonlyMap<string, WireAction>;
  /** Actions of ours in the query protocol, by `Action`. */
  readonly query: ReadonlyMap<string, WireAction>;
}

const DYNAMODB = 'DynamoDB_20120810.';

/**
 * Answers DynamoDB and our own actions before fauxqs sees them, and refuses the services that do not run;
 * everything else is fauxqs's.
 */
export function routeRequests(app: FauxqsApp, routes: RequestRoutes): void {
  app.addHook('onRequest', async (request, reply) => {
    const service = addressedService(request.headers)?.service;
    if (service !== undefined && !isServed(service)) {
      const answer = refusal(service, request.headers['content-type'] ?? '');
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
    }
    return undefined;
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST' || request.url !== '/') {
      return undefined;
    }
    const target = request.headers['x-amz-target'];
    const region = () => addressedService(request.headers)?.region ?? routes.region;
    const answer =
      typeof target === 'string'
        ? await jsonAnswerOf(target, request.body, region, routes)
        : await queryAnswerOf(request.body, region, routes);
    return answer && reply.code(answer.status).headers(answer.headers).send(answer.body);
  });
}

async function jsonAnswerOf(
  target: string,
  body: unknown,
  region: () => string,
  routes: RequestRoutes,
): Promise<WireAnswer | undefined> {
  if (target.startsWith(DYNAMODB)) {
    return routes.dynamoDb.answer(target.slice(DYNAMODB.length), parametersOf(body));
  }
  const action = routes.json.get(target);
  if (action === undefined) {
    return undefined;
  }
  try {
    return jsonAnswer(await action({ action: target, parameters: parametersOf(body), region: region() }));
  } catch (fault) {
    return jsonError(asAwsError(fault), 'com.amazonaws.sqs');
  }
}

async function queryAnswerOf(
  body: unknown,
  region: () => string,
  routes: RequestRoutes,
): Promise<WireAnswer | undefined> {
  const parameters = parametersOf(body);
  const action = String(parameters.Action);
  const handler = routes.query.get(action);
  if (handler === undefined) {
    return undefined;
  }
  try {
    return queryAnswer(action, String(await handler({ action, parameters, region: region() })));
  } catch (fault) {
    return queryError(asAwsError(fault));
  }
}

/** fauxqs parses the two AWS protocols; a body of another content type comes as bytes. */
function parametersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (Buffer.isBuffer(body)) {
    return JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>;
  }
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

/** Errors of fauxqs's own actions have code and status too. */
function asAwsError(fault: unknown): AwsError {
  if (fault instanceof AwsError) {
    return fault;
  }
  if (fault instanceof Error && 'code' in fault && 'statusCode' in fault) {
    return new AwsError(String(fault.code), fault.message, Number(fault.statusCode));
  }
  throw fault;
}

function refusal(service: string, contentType: string): WireAnswer {
  const error = new AwsError(
    'UnknownOperationException',
    `The local cloud does not run ${service}. It answers for ${SERVED.join(', ')}.`,
  );
  return contentType.includes('x-www-form-urlencoded') ? queryError(error) : jsonError(error, 'local');
}
