import { SendMessageCommand, type SendMessageCommandInput, type SQSClient } from '@aws-sdk/client-sqs';
import type { InvocationResult } from '../../functions/invocation.ts';
import { type MachineDefinition, tasksIn } from './definition.ts';
import type { TaskCall } from './execution.ts';
import { TaskFailure } from './task-failure.ts';

/** What the states of workflows reach. */
export interface WorkflowServices {
  functionNames(): readonly string[];
  invoke(functionName: string, event: unknown): Promise<InvocationResult>;
  sqs(region: string): Pick<SQSClient, 'send'>;
}

type Integration = (parameters: never, services: WorkflowServices, region: string) => Promise<object>;

/** What a `Task` may name as its resource, without what says that it waits. */
const INTEGRATIONS: Readonly<Record<string, Integration>> = {
  'lambda:invoke': invokeFunction,
  'sqs:sendMessage': sendMessage,
};

const RESOURCE = /^arn:[^:]+:states:::(.+?)(\.waitForTaskToken)?$/;

/** The tasks that the local cloud does not run, each with the reason. */
export function tasksNotRun(definition: MachineDefinition): string[] {
  return tasksIn(definition)
    .filter(([, { Resource = '' }]) => integrationOf(Resource) === undefined)
    .map(([state, { Resource }]) => `${state} (${Resource})`);
}

/** @throws TaskFailure under the name that Step Functions gives to what went wrong. */
export async function performTask(
  { state, resource, parameters }: TaskCall,
  services: WorkflowServices,
  region: string,
): Promise<object> {
  const integration = integrationOf(resource);
  if (integration === undefined) {
    throw new TaskFailure(
      'States.Runtime',
      `The local cloud does not run ${resource}, which the state '${state}' asks for; it runs ${Object.keys(INTEGRATIONS).join(', ')}.`,
    );
  }
  return integration(parameters as never, services, region);
}

function integrationOf(resource: string): Integration | undefined {
  const [, name = ''] = RESOURCE.exec(resource) ?? [];
  return INTEGRATIONS[name];
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
async function invokeFunction(
  { FunctionName, Payload }: { readonly FunctionName: string; readonly Payload?: unknown },
  services: WorkflowServices,
): Promise<object> {
  const name = /:function:([^:]+)/.exec(FunctionName)?.[1] ?? FunctionName;
  if (!services.functionNames().includes(name)) {
    throw new TaskFailure('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
  }
  const result = await services.invoke(name, Payload ?? {});
  if (result.outcome === 'success') {
    return { ExecutedVersion: '$LATEST', Payload: JSON.parse(result.payload), StatusCode: 200 };
  }
  if (result.outcome === 'throttled') {
    throw new TaskFailure('Lambda.TooManyRequestsException', result.error.errorMessage);
  }
  throw new TaskFailure(result.error.errorType, JSON.stringify(result.error));
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html */
async function sendMessage(
  { MessageBody, ...parameters }: SendMessageCommandInput & { readonly MessageBody: unknown },
  services: WorkflowServices,
  region: string,
): Promise<object> {
  const body = typeof MessageBody === 'string' ? MessageBody : JSON.stringify(MessageBody);
  try {
    const { MessageId, MD5OfMessageBody, SequenceNumber } = await services
      .sqs(region)
      .send(new SendMessageCommand({ ...parameters, MessageBody: body }));
    return { MessageId, MD5OfMessageBody, ...(SequenceNumber === undefined ? {} : { SequenceNumber }) };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    throw new TaskFailure(`SQS.${name.replace(/(Exception)?$/, 'Exception')}`, message);
  }
}
