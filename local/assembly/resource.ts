/** A resource that a template declares, with its intrinsic functions resolved as its properties are asked for. */
export interface ResourceDeclaration {
  readonly stackName: string;
  readonly region: string;
  readonly logicalId: string;
  /** CloudFormation type, `AWS::SQS::Queue`. */
  readonly type: string;
  /** Path of the construct that declared it, for people: `order-processing/Payment/Queue/Resource`. */
  readonly path: string;
  /**
   * A property, resolved; undefined where the template does not set it.
   *
   * Properties are resolved one by one, so that what a resource is called can be known before what it
   * refers to, and what a provider never reads may refer to what does not run here.
   *
   * @param within - names of what is inside it, where only that is to be resolved
   */
  property(name: string, ...within: readonly string[]): unknown;
  /**
   * Where the folder or file of an asset lies, by the object key under which the template names it, or by the
   * tag of its image.
   */
  assetPath(objectKey: string): string;
}

/** The value of `Ref` and of each `Fn::GetAtt` of a resource: known from its declaration, before it exists. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
}
