import { ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { SecretContent, UnusableSecretError } from '../../../lambda/shared/secret-content.ts';

const secretId = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:account-AbCdEf';

/** A client that answers from memory. */
function clientOf(answer: () => object | Error) {
  let calls = 0;
  const client = new SecretsManagerClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client.middlewareStack.add(
    () => async () => {
      calls += 1;
      const content = answer();
      if (content instanceof Error) throw content;
      return { output: { $metadata: {}, ...content }, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { client, calls: () => calls };
}

function contentOf(secrets: SecretsManagerClient) {
  return new SecretContent({
    secrets,
    secretId,
    schema: v.object({ token: v.pipe(v.string(), v.startsWith('token-')) }),
    maxAgeSeconds: 60,
  });
}

describe('SecretContent', () => {
  it('is what the secret holds, read once for a while', async () => {
    const { client, calls } = clientOf(() => ({ SecretString: '{"token":"token-1"}' }));
    const secret = contentOf(client);

    await expect(secret.read()).resolves.toEqual({ token: 'token-1' });
    await expect(secret.read()).resolves.toEqual({ token: 'token-1' });
    expect(calls()).toBe(1);
  });

  it('is read anew for whoever was told that it is out of date, and known from then on', async () => {
    let token = 'token-1';
    const { client, calls } = clientOf(() => ({ SecretString: JSON.stringify({ token }) }));
    const secret = contentOf(client);
    await secret.read();
    token = 'token-2';

    await expect(secret.readAnew()).resolves.toEqual({ token: 'token-2' });
    await expect(secret.read()).resolves.toEqual({ token: 'token-2' });
    expect(calls()).toBe(2);
  });

  it.each([
    ['a random text', 'k3y-0f-n0-account', 'the whole'],
    ['no token', '{"key":"s3cret"}', 'token'],
    ['a token that is none', '{"token":"s3cret"}', 'token'],
  ])('is unusable where it is %s, and does not tell what it is', async (_, text, place) => {
    const { client } = clientOf(() => ({ SecretString: text }));
    const reading = contentOf(client).read();

    await expect(reading).rejects.toThrow(UnusableSecretError);
    await expect(reading).rejects.toThrow(`(${place})`);
    await expect(reading).rejects.not.toThrow(/k3y|s3cret/);
  });

  it('fails for the time being when Secrets Manager is down', async () => {
    const { client } = clientOf(() => Object.assign(new Error('try later'), { $fault: 'server' }));

    await expect(contentOf(client).read()).rejects.toThrow(DependencyDownError);
  });

  it('passes on that there is no such secret', async () => {
    const gone = new ResourceNotFoundException({ message: 'gone', $metadata: {} });

    await expect(contentOf(clientOf(() => gone).client).read()).rejects.toThrow(gone);
  });
});
