/** A resource as a CloudFormation template declares it, intrinsics and all. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string | number;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** The sections of a CloudFormation template that the local cloud reads. */
export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Mappings: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Outputs: Readonly<Record<string, TemplateOutput>>;
}

/** A stack of the assembly: its template, where it is deployed, and what it was packaged with. */
export interface StackTemplate {
  readonly name: string;
  /** What the CDK CLI calls the stack; names a stage too: `prod/order-processing`. */
  readonly displayName: string;
  readonly region: string;
  readonly template: Template;
  /** Names of the stacks that are deployed before this one. */
  readonly dependencies: readonly string[];
  /** Construct path of each logical id. */
  readonly paths: Readonly<Record<string, string>>;
  /**
   * Absolute paths of the packaged files and folders, by object key (`<hash>.zip`), and of what images are
   * built from, by their tags.
   */
  readonly assets: Readonly<Record<string, string>>;
}
