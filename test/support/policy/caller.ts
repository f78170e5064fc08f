import type { DeployedResource } from './deployed-stack.ts';
import { endpointPolicyOf } from './endpoints.ts';
import { EvaluationError, evaluate } from './evaluation.ts';
import type { Policy } from './policies.ts';
import type { Verdict } from './verdict.ts';

/** Something that calls are made on. */
export interface Target {
  /** What it is called in messages. */
  readonly path: string;
  /** Undefined for what has none; nothing can be asked of that. */
  readonly arn: string | undefined;
  readonly account: string;
}

export interface CallerDetails {
  /** What it is called in messages. */
  readonly name: string;
  /** Service principal, ARN of a role, or `anonymous`. */
  readonly principal: string;
  /** What it may do by its own policies. */
  readonly identity: readonly Policy[];
  /** The condition keys that AWS sends with its requests; undefined for those that it does not send. */
  readonly context: Readonly<Record<string, string | undefined>>;
  readonly resourcePolicyOf: (target: Target) => Policy | undefined;
  /** The endpoint that the call of an action passes; none for those who call from the internet. */
  readonly endpointFor?: (action: string) => DeployedResource | undefined;
}

/** Somebody who calls AWS. */
export class Caller {
  readonly name: string;
  readonly #details: CallerDetails;

  constructor(details: CallerDetails) {
    this.name = details.name;
    this.#details = details;
  }

  /**
   * Whether a call is allowed.
   *
   * @throws EvaluationError when IAM could not be asked this, or a policy leaves it open.
   */
  async may(action: string, target: Target): Promise<Verdict> {
    const { principal, identity, context, resourcePolicyOf, endpointFor } = this.#details;
    if (target.arn === undefined) {
      throw new EvaluationError(
        'action does not apply',
        `${target.path} has no ARN that the policy tests know. Say it in test/support/policy/resource-identity.ts.`,
      );
    }
    const endpoint = endpointFor?.(action);
    return evaluate(
      {
        caller: this.name,
        principal,
        action,
        target: target.path,
        resourceArn: target.arn,
        resourceAccount: target.account,
        context: { ...context, ...(endpoint && { 'aws:SourceVpce': endpoint.ref }) },
      },
      {
        identity,
        resource: resourcePolicyOf(target),
        endpoint: endpoint && endpointPolicyOf(endpoint),
      },
    );
  }

  /** The same caller, whose requests come without TLS. */
  overPlainHttp(): Caller {
    return this.with({ 'aws:SecureTransport': 'false' }, 'over plain HTTP');
  }

  /** The same caller, whose requests come through an endpoint, whatever they are. */
  through(endpoint: DeployedResource): Caller {
    return new Caller({
      ...this.#details,
      name: `${this.#details.name} through ${endpoint.path}`,
      endpointFor: () => endpoint,
    });
  }

  /** The same caller, whose requests come through no endpoint, as those of credentials that were carried off. */
  fromTheInternet(): Caller {
    const { endpointFor: _, ...details } = this.#details;
    return new Caller({ ...details, name: `${details.name} from the internet` });
  }

  /**
   * The same caller, whose requests a service makes of another on the way, as S3 asks KMS to open an object.
   *
   * @param endpoint name of the service, `s3.eu-west-1.amazonaws.com`.
   */
  by(endpoint: string): Caller {
    return this.with({ 'aws:ViaAWSService': 'true', 'kms:ViaService': endpoint }, `by way of ${endpoint}`);
  }

  /** The same caller, whose requests carry other condition keys; undefined for one that they do not carry. */
  with(context: Readonly<Record<string, string | undefined>>, how = JSON.stringify(context)): Caller {
    return new Caller({
      ...this.#details,
      name: `${this.#details.name} ${how}`,
      context: { ...this.#details.context, ...context },
    });
  }
}
