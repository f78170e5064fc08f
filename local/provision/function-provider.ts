import { ACCOUNT_ID } from '../assembly/cloud-assembly.ts';
import type { ResourceDeclaration } from '../assembly/resource.ts';
import { physicalName } from './physical-name.ts';
import { listOf, textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const NAME_LIMIT = 64;

/** Functions run on the Node.js that runs the local cloud, whichever of its versions they name. */
const RUNTIME = /^nodejs\d+\.x$/;

export const functionProvider: ResourceProvider = {
  type: 'AWS::Lambda::Function',
  phase: 'compute',
  identify(resource) {
    const name = functionName(resource);
    return {
      ref: name,
      attributes: { Arn: `arn:aws:lambda:${resource.region}:${ACCOUNT_ID}:function:${name}` },
    };
  },
  async provision(resource, services) {
    const obstacle = obstacleTo(resource);
    if (obstacle !== undefined) {
      services.note(resource, obstacle);
      return;
    }
    const { S3Key } = resource.property('Code') as { S3Key: string };
    const { LogGroup } = (resource.property('LoggingConfig') ?? {}) as { LogGroup?: string };
    const memorySize = resource.property('MemorySize');
    const timeout = resource.property('Timeout');
    const reserved = resource.property('ReservedConcurrentExecutions');
    services.functions.register({
      functionName: functionName(resource),
      codeDirectory: resource.assetPath(S3Key),
      handler: textOf(resource, 'Handler'),
      environment: {
        ...variablesOf(resource),
        ...services.environmentOverride(resource),
        AWS_ENDPOINT_URL: services.endpoint,
      },
      region: resource.region,
      ...(memorySize === undefined ? {} : { memorySize: Number(memorySize) }),
      ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }),
      ...(reserved === undefined ? {} : { reservedConcurrency: Number(reserved) }),
      ...(LogGroup === undefined ? {} : { logGroupName: LogGroup }),
    });
    const deadLetterTarget = resource.property('DeadLetterConfig', 'TargetArn');
    if (typeof deadLetterTarget === 'string') {
      services.asynchronousInvocations.configure(functionName(resource), { deadLetterTarget });
    }
    if (listOf(resource, 'Layers').length > 0) {
      services.note(resource, 'its layers are not there here');
    }
  },
};

/** Why a function cannot run here. */
function obstacleTo(resource: ResourceDeclaration): string | undefined {
  const runtime = resource.property('Runtime');
  if (typeof runtime !== 'string') {
    return 'does not run here: it is a container image';
  }
  if (!RUNTIME.test(runtime)) {
    return `does not run here: its runtime is ${runtime}, and the local cloud has Node.js`;
  }
  const code = resource.property('Code') as { S3Key?: unknown } | undefined;
  return typeof code?.S3Key === 'string' ? undefined : 'does not run here: its code is not an asset';
}

function variablesOf(resource: ResourceDeclaration): Record<string, string> {
  const { Variables = {} } = (resource.property('Environment') ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(Variables).map(([name, value]) => [name, String(value)]));
}

function functionName(resource: ResourceDeclaration): string {
  return physicalName(resource, resource.property('FunctionName'), { limit: NAME_LIMIT });
}

/** Name of a function that is given by name, ARN or qualified ARN. */
export function functionNameOf(reference: string): string {
  const arn = /^arn:[^:]+:lambda:[^:]*:\d*:function:([^:]+)/.exec(reference);
  return arn?.[1] ?? reference.split(':')[0] ?? reference;
}
