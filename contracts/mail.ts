import * as v from 'valibot';
import { required } from './environment.ts';

/** What a function needs to send a mail; the construct that lets it send gives all three. */
export const mailEnvironment = {
  MAIL_FROM: v.pipe(v.string(), v.email()),
  MAIL_CONFIGURATION_SET: required,
  MAIL_TEMPLATE: required,
};

/** Text of a mail with `{{placeholders}}`, which SES fills in for each recipient. */
export interface MailTemplate<Field extends string> {
  readonly subject: string;
  /** Plain text: SES does not escape what goes into an HTML part, so names and titles could bring markup in. */
  readonly text: string;
  /** The placeholders: what whoever sends must give. */
  readonly fields: readonly Field[];
}

/** What fills in the placeholders of a template. */
export type MailData<Template extends MailTemplate<string>> = Readonly<
  Record<Template['fields'][number], string>
>;

/**
 * Defines a mail, once for the stack that makes its template and the function that sends it.
 *
 * @throws Error when text and subject have other placeholders than those that are named: SES would refuse
 * every mail for a missing one, long after it took the request.
 */
export function mailTemplate<const Field extends string>(template: MailTemplate<Field>): MailTemplate<Field> {
  const used = placeholdersOf(template);
  const fields: readonly string[] = template.fields;
  const wrong = [
    ...used.filter(name => !fields.includes(name)),
    ...fields.filter(name => !used.includes(name)),
  ];
  if (wrong.length > 0) {
    throw new Error(
      `Placeholders and fields of the mail "${template.subject}" differ in: ${wrong.join(', ')}.`,
    );
  }
  return template;
}

function placeholdersOf({ subject, text }: Pick<MailTemplate<string>, 'subject' | 'text'>): string[] {
  return [
    ...new Set([...`${subject}\n${text}`.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string)),
  ];
}
