import type { ResourceDeclaration, ResourceIdentity } from '../assembly/resource.ts';
import type { AwsClients } from './aws-clients.ts';

/** What a provider works with. */
export interface LocalServices {
  /** The AWS wire endpoint, `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly clients: AwsClients;
  /** Longest visibility timeout that a queue gets, in seconds. */
  readonly maxVisibilityTimeoutSeconds: number;
  /** What the resource is called. */
  identity(resource: ResourceDeclaration): ResourceIdentity;
  /** Tells the user of something that differs from the template, or does not run. */
  note(resource: ResourceDeclaration, text: string): void;
}
