import type { RequestContext } from '../policy/conditions.ts';
import { evaluate, type Verdict } from '../policy/evaluation.ts';
import type { AppPolicies } from './app/app-policies.ts';
import type { DeployedApp } from './app/deployed-app.ts';
import type { DeployedResource } from './app/deployed-stack.ts';
import { encryptionOf } from './app/encryption.ts';
import type { Caller } from './callers.ts';
import type { FindingKind } from './edge.ts';

/** The app that is looked at, and what its policies say. */
export interface Proof {
  readonly app: DeployedApp;
  readonly policies: AppPolicies;
}

/** A call that a delivery comes to. */
export interface Call {
  readonly action: string;
  readonly target: DeployedResource;
  /** @default - the ARN of the target; of an object, that of the object */
  readonly arn?: string;
  /** What else AWS sends with the call. */
  readonly context?: RequestContext;
}

/** What the policies of the app say to a call. */
export function ask(
  { policies }: Proof,
  caller: Caller,
  { action, target, arn = target.arn ?? '', context }: Call,
): Verdict {
  return evaluate(
    {
      principal: caller.principal,
      action,
      resource: { arn, account: target.account },
      context: { ...caller.context, ...context },
    },
    { identity: caller.identity, resource: policies.ofResource(target) },
  );
}

/** What of an action's target could be reached without TLS, if its policy did not forbid it. */
export function isReachableOverPlainHttp({ action }: Call): boolean {
  return /^(sqs|sns|s3):/.test(action);
}

const sending = ['kms:Decrypt', 'kms:GenerateDataKey'];
const receiving = ['kms:Decrypt'];

/** What is put into a data stream is encrypted anew, and nothing is read again. */
const streaming = ['kms:GenerateDataKey'];
const streams = /^kinesis:PutRecords?$/;

/** Actions by which messages are taken out: the key is needed to decrypt alone. */
const reads = /^(sqs:ReceiveMessage|kinesis:GetRecords|dynamodb:GetRecords|s3:GetObject|secretsmanager:)/;

/**
 * The calls on the key that encrypts what a call is about.
 *
 * @returns the reason, where they are not known.
 */
export function keyCalls(
  { app }: Proof,
  { action, target }: Call,
  calledBy: 'service' | 'role',
): readonly Call[] | { readonly kind: FindingKind; readonly reason: string; readonly fix: string } {
  const encryption = encryptionOf(target, app);
  switch (encryption.by) {
    case 'service':
      return [];
    case 'key': {
      const { key } = encryption;
      const via = `${target.arn?.split(':')[2] ?? ''}.${target.region}.amazonaws.com`;
      const onKey = reads.test(action) ? receiving : streams.test(action) ? streaming : sending;
      return onKey.map(keyAction => ({
        action: keyAction,
        target: key,
        // The service calls on the role's behalf.
        ...(calledBy === 'role' && { context: { 'kms:ViaService': via, 'aws:ViaAWSService': 'true' } }),
      }));
    }
    case 'aws':
      // The policy of such a key lets in whoever the account lets in, and no service.
      if (calledBy === 'role') return [];
      return {
        kind: 'blocked',
        reason: `${target.path} is under ${encryption.alias}, a key that admits no service`,
        fix: `Put ${target.path} under a key of the app, or under SSE-SQS: nobody can change the policy of ${encryption.alias}.`,
      };
    case 'unseen':
      return {
        kind: 'unseen',
        reason: `${target.path} is under ${encryption.reference}, which is not a key of this app`,
        fix: 'Use a key of the app, or acknowledge the finding once the owner of the key has let the caller in.',
      };
  }
}

/** What is not of the app, but next to it: as permissive as AWS makes it, so that a grant too wide shows. */
export function neighbourOf(resource: DeployedResource): DeployedResource {
  const arn = resource.arn ?? '';
  const name = arn.includes(resource.name) ? resource.name : resource.ref;
  return {
    ...resource,
    // Only a key has a policy before anyone gives it one; what a topic has is not what is asked here.
    type: resource.type === 'AWS::KMS::Key' ? resource.type : 'neighbour',
    path: `another resource like ${resource.path}`,
    arn: arn.replace(name, 'neighbour'),
    ref: 'neighbour',
    name: 'neighbour',
    property: property =>
      property === 'KeyPolicy'
        ? {
            Statement: {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${resource.account}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
          }
        : undefined,
  };
}

/** A statement as a policy would have it, on one line. */
export function inJson(statement: object): string {
  return JSON.stringify(statement);
}
