import { functionNameOf } from './function-provider.ts';
import { textOf } from './property-values.ts';
import type { ResourceProvider } from './provider.ts';

interface Destinations {
  readonly OnFailure?: { readonly Destination?: string };
  readonly OnSuccess?: { readonly Destination?: string };
}

/** What can be told of the outcome of an invocation here. */
const REACHED = /^arn:[^:]+:(sqs|sns|lambda):/;

export const eventInvokeConfigProvider: ResourceProvider = {
  type: 'AWS::Lambda::EventInvokeConfig',
  phase: 'wiring',
  identify(resource) {
    return { ref: `${textOf(resource, 'FunctionName')}|${textOf(resource, 'Qualifier')}`, attributes: {} };
  },
  async provision(resource, services) {
    const retries = resource.property('MaximumRetryAttempts');
    const age = resource.property('MaximumEventAgeInSeconds');
    const { OnFailure, OnSuccess } = (resource.property('DestinationConfig') ?? {}) as Destinations;
    const reached = (destination: string | undefined): string | undefined => {
      if (destination === undefined || REACHED.test(destination)) {
        return destination;
      }
      services.note(resource, `does not tell ${destination} here: it is no queue, topic or function`);
      return undefined;
    };
    const onFailure = reached(OnFailure?.Destination);
    const onSuccess = reached(OnSuccess?.Destination);
    services.asynchronousInvocations.configure(functionNameOf(textOf(resource, 'FunctionName')), {
      ...(retries === undefined ? {} : { maxRetries: Number(retries) }),
      ...(age === undefined ? {} : { maxAgeSeconds: Number(age) }),
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(onSuccess === undefined ? {} : { onSuccess }),
    });
  },
};
