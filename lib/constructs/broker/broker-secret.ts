import { Aws, Fn, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface BrokerSecretProps {
  readonly username: string;
  readonly removalPolicy: RemovalPolicy;
}

/** Longer than anybody guesses, shorter than what brokers take: 12 to 250 characters. */
const passwordLength = 40;

/**
 * Name and password of a broker's user, made up when the stack is deployed and kept under a key of their own:
 * `{"username":…,"password":…}`, as Lambda reads them too. No template and no pipeline ever sees the password.
 */
export class BrokerSecret extends Construct {
  /** Not the L2, which would let every principal of the account use the key by way of Secrets Manager. */
  readonly #secret: secretsmanager.CfnSecret;
  readonly #key: kms.Key;

  constructor(scope: Construct, id: string, { username, removalPolicy }: BrokerSecretProps) {
    super(scope, id);
    this.#key = new kms.Key(this, 'Key', {
      description: `Encrypts the secret ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.#secret = new secretsmanager.CfnSecret(this, 'Secret', {
      description: `User of the broker ${scope.node.path}`,
      kmsKeyId: this.#key.keyArn,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username }),
        generateStringKey: 'password',
        passwordLength,
        // Brokers refuse some of it, and it would have to be escaped in addresses.
        excludePunctuation: true,
      },
    });
    this.#secret.applyRemovalPolicy(removalPolicy);
    Validations.of(this.#secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'Amazon MQ takes the password when it makes the broker: a later one is set at the broker first, by its management API, which no rotation of Secrets Manager reaches',
    });
  }

  get secretArn(): string {
    return this.#secret.ref;
  }

  /** The password for CloudFormation, which looks it up when it makes the broker: a reference, never the value. */
  get passwordReference(): string {
    return Fn.join('', ['{{resolve:secretsmanager:', this.secretArn, ':SecretString:password}}']);
  }

  /** Lets a principal read the secret, and change nothing about it. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    }).combine(
      iam.Grant.addToPrincipal({
        grantee,
        actions: ['kms:Decrypt'],
        resourceArns: [this.#key.keyArn],
        // The key opens the secret when it is asked for, and nothing that was got at in another way.
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` },
        },
      }),
    );
  }
}
