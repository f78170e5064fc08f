import type { LocalServices } from './services.ts';

/** A resource as the template declares it, with every intrinsic function resolved. */
export interface DeclaredResource {
  readonly stackName: string;
  readonly region: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Path of the construct that declared it, for people: `order-processing/Payment/Queue/Resource`. */
  readonly path: string;
}

/**
 * What other resources may ask of a resource before it exists: the value of `Ref` and of each
 * `Fn::GetAtt`. Physical names are derived from stack and logical id, so that nothing has to be made
 * in an order to be referred to.
 */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Makes one type of CloudFormation resource on the local cloud. */
export interface ResourceProvider {
  /** CloudFormation type, `AWS::SQS::Queue`. */
  readonly type: string;
  /** Identity from the declaration alone; must be the same at every call. */
  identify(
    resource: Omit<DeclaredResource, 'properties'>,
    properties: Readonly<Record<string, unknown>>,
  ): ResourceIdentity;
  /** Makes the resource. Called once, after the resources of all earlier phases are there. */
  provision(resource: DeclaredResource, identity: ResourceIdentity, services: LocalServices): Promise<void>;
}
