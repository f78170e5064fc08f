import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface ApiAccountProps {
  /** Whose account it is and where, for whoever finds the secret in the console. */
  readonly description: string;

  /**
   * What becomes of the secret when its stack is deleted.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * Account at somebody else's API, kept as a secret under a key of its own: URL and token, as JSON.
 *
 * The stack makes the place and never the content. It begins with a random text that is no account, so that no
 * template, no pipeline and no deployment has ever seen the token; a person puts it there, and no later
 * deployment touches it.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export class ApiAccount extends Construct {
  /** Not the L2, which would let every principal of the account use the key by way of Secrets Manager. */
  readonly #secret: secretsmanager.CfnSecret;
  readonly #key: kms.Key;

  constructor(scope: Construct, id: string, props: ApiAccountProps) {
    super(scope, id);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.#key = new kms.Key(this, 'Key', {
      description: `Encrypts the secret ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.#secret = new secretsmanager.CfnSecret(this, 'Secret', {
      description: props.description,
      kmsKeyId: this.#key.keyArn,
      generateSecretString: {},
    });
    this.#secret.applyRemovalPolicy(removalPolicy);
    Validations.of(this.#secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'The token is issued by the owner of the API: whoever has a new one puts it here',
    });
  }

  get secretArn(): string {
    return this.#secret.ref;
  }

  /** Lets a principal read the secret, and change nothing about it. */
  grantRead(grantee: iam.IGrantable): void {
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
    iam.Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [this.#key.keyArn],
      // The key opens the secret when it is asked for, and nothing that was got at in another way.
      conditions: {
        StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` },
      },
    });
  }
}
