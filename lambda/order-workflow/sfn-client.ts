import { SFNClient } from '@aws-sdk/client-sfn';
import { clientSettings } from '../shared/client-settings.ts';

/** Step Functions client for module scope: it keeps its connections between invocations. */
export function sfnClient(): SFNClient {
  return new SFNClient(clientSettings);
}
