import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { type DeliverySource, deliveredFor } from './delivery-source.ts';

export interface MessageKeyProps {
  /** What the key encrypts, for whoever finds it in the console. */
  readonly description: string;

  /**
   * What becomes of the key when its stack is deleted.
   *
   * @default RemovalPolicy.RETAIN - messages under a deleted key are lost
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Customer-managed key of topics or of queues; never of both, nor of a bucket: a service that is
 * admitted to one of them would make the templates circular, or the grant wider than the delivery.
 *
 * AWS services deliver through a key only if its policy lets them, so each is admitted by name and
 * with the resource it delivers for. Rotates every year.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export class MessageKey extends kms.Key {
  constructor(scope: Construct, id: string, props: MessageKeyProps) {
    super(scope, id, {
      description: props.description,
      enableKeyRotation: true,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    });
  }

  /** Lets a service encrypt and decrypt what it delivers for one source. */
  admit(servicePrincipal: string, source: DeliverySource): void {
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        principals: [new iam.ServicePrincipal(servicePrincipal)],
        resources: ['*'],
        conditions: deliveredFor(source),
      }),
    );
  }
}
