import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { EndpointUnderTest } from '../endpoint-under-test.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:account-AbCdEf';

let cloud: EndpointUnderTest;
const clients: SecretsManagerClient[] = [];

function clientIn(region: string): SecretsManagerClient {
  const client = new SecretsManagerClient({
    endpoint: cloud.endpoint.url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  cloud = await EndpointUnderTest.start();
});
beforeEach(() => cloud.endpoint.secrets.add(arn, 'account', '{"token":"first"}'));

afterAll(async () => {
  for (const client of clients) client.destroy();
  await cloud.stop();
});

describe('Secrets Manager', () => {
  it.each(['account', arn])('tells what a secret holds, asked for as %s', async SecretId => {
    const secret = await clientIn('us-east-1').send(new GetSecretValueCommand({ SecretId }));

    expect(secret).toMatchObject({
      ARN: arn,
      Name: 'account',
      SecretString: '{"token":"first"}',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: expect.any(Date),
    });
  });

  it('tells what was put there last, as another version', async () => {
    const client = clientIn('us-east-1');
    const before = await client.send(new GetSecretValueCommand({ SecretId: arn }));

    const put = await client.send(
      new PutSecretValueCommand({ SecretId: 'account', SecretString: '{"token":"second"}' }),
    );

    const after = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(after.SecretString).toBe('{"token":"second"}');
    expect(after.VersionId).toBe(put.VersionId);
    expect(after.VersionId).not.toBe(before.VersionId);
  });

  it.each([
    ['us-east-1', 'another'],
    ['eu-west-1', 'account'],
  ])('has in %s no secret %s', async (region, SecretId) => {
    const asking = clientIn(region).send(new GetSecretValueCommand({ SecretId }));

    await expect(asking).rejects.toThrow(ResourceNotFoundException);
  });

  it('refuses what is no text', async () => {
    const putting = clientIn('us-east-1').send(
      new PutSecretValueCommand({ SecretId: arn, SecretBinary: new Uint8Array([1]) }),
    );

    await expect(putting).rejects.toThrow(/give SecretString/);
  });
});
