import { mailTemplate } from '../../contracts/mail.ts';

describe('mailTemplate', () => {
  it('is what it was given, when its fields are its placeholders', () => {
    const template = {
      subject: 'Tea, {{name}}?',
      text: '{{name}}, it is {{time}}.',
      fields: ['name', 'time'],
    };

    expect(mailTemplate(template)).toBe(template);
  });

  it.each([
    ['a placeholder is no field', { subject: 'Tea, {{nmae}}?', text: '', fields: [] as string[] }, 'nmae'],
    ['a field has no placeholder', { subject: 'Tea?', text: '', fields: ['name'] }, 'name'],
  ])('fails when %s', (_case, template, name) => {
    expect(() => mailTemplate(template)).toThrow(`the mail "${template.subject}" differ in: ${name}.`);
  });
});
