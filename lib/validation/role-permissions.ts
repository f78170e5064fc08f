import { mayOverlap } from './glob-overlap.ts';
import { type CloudFormationTemplate, referredId } from './template-resources.ts';
import { textOf } from './template-text.ts';

interface Statement {
  readonly Effect?: string;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
}

/** What a statement allows, as patterns. */
interface Allowance {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** A policy that lets a role do something. */
export interface Permission {
  /** Logical id of the policy, or of the role whose own policy it is. */
  readonly policyId: string;
}

const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/**
 * What the roles of a template may do, as far as its policies say.
 *
 * Errs on the side of "may": conditions and denials are not looked at, and what is excepted counts as
 * everything.
 */
export class RolePermissions {
  readonly #allowances = new Map<string, { readonly policyId: string; readonly allowance: Allowance }[]>();
  readonly #template: CloudFormationTemplate;

  constructor(template: CloudFormationTemplate) {
    this.#template = template;
    for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources ?? {})) {
      switch (Type) {
        case 'AWS::IAM::Role':
          for (const inline of listOf(Properties.Policies)) {
            this.#add([{ Ref: id }], id, (inline as { PolicyDocument?: unknown }).PolicyDocument);
          }
          for (const arn of listOf(Properties.ManagedPolicyArns)) {
            const managedId = referredId(arn);
            const managed = template.Resources?.[managedId ?? '']?.Properties;
            if (managedId) this.#add([{ Ref: id }], managedId, managed?.PolicyDocument);
          }
          break;
        case 'AWS::IAM::Policy':
        case 'AWS::IAM::ManagedPolicy':
          this.#add(listOf(Properties.Roles), id, Properties.PolicyDocument);
          break;
        case 'AWS::IAM::RolePolicy':
          this.#add([Properties.RoleName], id, Properties.PolicyDocument);
          break;
      }
    }
  }

  /** Logical ids of the roles that have a policy. */
  get roleIds(): readonly string[] {
    return [...this.#allowances.keys()];
  }

  /**
   * The policies that may let a role do something.
   *
   * @param resource ARN, or a pattern of several.
   */
  letting(roleId: string, action: string, resource: string): readonly Permission[] {
    return (this.#allowances.get(roleId) ?? [])
      .filter(
        ({ allowance: { actions, resources } }) =>
          actions.some(pattern => mayOverlap(pattern, action.toLowerCase())) &&
          resources.some(pattern => mayOverlap(pattern, resource)),
      )
      .map(({ policyId }) => ({ policyId }));
  }

  #add(roles: readonly unknown[], policyId: string, document: unknown): void {
    const { Statement: statements } = (document ?? {}) as { Statement?: unknown };
    for (const statement of listOf(statements) as Statement[]) {
      if (statement.Effect !== 'Allow') continue;
      const allowance = this.#allowanceOf(statement);
      for (const roleId of roles.map(role => referredId(role))) {
        if (roleId === undefined) continue;
        this.#allowances.set(roleId, [...(this.#allowances.get(roleId) ?? []), { policyId, allowance }]);
      }
    }
  }

  #allowanceOf({ Action, NotAction, Resource, NotResource }: Statement): Allowance {
    return {
      actions: NotAction ? ['*'] : listOf(Action).map(action => String(action).toLowerCase()),
      resources: NotResource ? ['*'] : listOf(Resource).map(resource => textOf(resource, this.#template)),
    };
  }
}
