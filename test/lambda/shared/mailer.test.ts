import { inspect } from 'node:util';
import type { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { mailTemplate } from '../../../contracts/mail.ts';
import { DependencyDownError, failureKind } from '../../../lambda/shared/failures.ts';
import { Mailer, MailRefusedError } from '../../../lambda/shared/mailer.ts';

const tea = mailTemplate({ subject: 'Tea, {{name}}?', text: 'It is ready, {{name}}.', fields: ['name'] });

function mailerThat(send: (command: SendEmailCommand) => Promise<object>): Mailer<typeof tea> {
  return new Mailer({
    ses: { send: send as never },
    from: 'kitchen@example.com',
    configurationSet: 'kitchen-mails',
    templateName: 'tea',
  });
}

function failing(name: string, more: object = {}): Mailer<typeof tea> {
  return mailerThat(async () => {
    throw Object.assign(new Error('Email address jane@example.com is not verified'), { name, ...more });
  });
}

const mail = { to: 'jane@example.com', data: { name: 'Jane' } };

describe('Mailer', () => {
  it('sends a template, filled in, with the configuration set and the tags', async () => {
    const sent: SendEmailCommand[] = [];
    const mailer = mailerThat(async command => {
      sent.push(command);
      return { MessageId: 'mail-1' };
    });

    expect(await mailer.send({ ...mail, tags: { post: '67890' } })).toBe('mail-1');
    expect(sent.map(({ input }) => input)).toEqual([
      {
        FromEmailAddress: 'kitchen@example.com',
        Destination: { ToAddresses: ['jane@example.com'] },
        Content: { Template: { TemplateName: 'tea', TemplateData: '{"name":"Jane"}' } },
        ConfigurationSetName: 'kitchen-mails',
        EmailTags: [{ Name: 'post', Value: '67890' }],
      },
    ]);
  });

  it.each(['MessageRejected', 'BadRequestException', 'MailFromDomainNotVerifiedException'])(
    'fails for good on %s, and says what to look at',
    async name => {
      const sending = failing(name).send(mail);

      await expect(sending).rejects.toThrow(MailRefusedError);
      await expect(sending).rejects.toThrow(/verified in this account and region/);
    },
  );

  it.each([
    'SendingPausedException',
    'AccountSuspendedException',
    'TooManyRequestsException',
    'TimeoutError',
  ])('fails until later on %s', async name => {
    await expect(failing(name).send(mail)).rejects.toThrow(DependencyDownError);
  });

  it('fails unexpectedly where it may not send, or there is no template', async () => {
    for (const name of ['AccessDeniedException', 'NotFoundException']) {
      const error = await failing(name)
        .send(mail)
        .catch((thrown: unknown) => thrown);
      expect(failureKind(error)).toBe('unexpected');
    }
  });

  it.each([
    ['MessageRejected', {}],
    ['AccessDeniedException', {}],
    ['SendingPausedException', {}],
    ['InternalServiceErrorException', { $fault: 'server' }],
  ])('names no address in what is logged of %s', async (name, more) => {
    const error = (await failing(name, more)
      .send(mail)
      .catch((thrown: unknown) => thrown)) as Error;

    expect(failureKind(error)).toBe(
      { MessageRejected: 'permanent', AccessDeniedException: 'unexpected' }[name] ?? 'passing',
    );
    const logged = inspect(error, { depth: 5 });
    expect(logged).toContain(name);
    expect(logged).toContain('<address>');
    expect(logged).not.toContain('jane');
  });
});
