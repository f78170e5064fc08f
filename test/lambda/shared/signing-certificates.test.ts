import { X509Certificate } from 'node:crypto';
import { DependencyDownError } from '../../../lambda/shared/failures.ts';
import { SigningCertificates, UntrustedMessageError } from '../../../lambda/shared/signing-certificates.ts';
import { certificateOf, SnsStandIn } from '../../support/sns-stand-in.ts';

describe('SigningCertificates', () => {
  let sns: SnsStandIn;
  let certificates: SigningCertificates;

  beforeEach(async () => {
    sns = await SnsStandIn.start();
    certificates = new SigningCertificates({ origin: sns.origin });
  });
  afterEach(() => sns.stop());

  it('gives the key of the certificate, and fetches it once', async () => {
    const [first, second] = await Promise.all([
      certificates.publicKey(sns.certificateUrl),
      certificates.publicKey(sns.certificateUrl),
    ]);
    await certificates.publicKey(sns.certificateUrl);

    const served = new X509Certificate(await (await fetch(sns.certificateUrl)).text());
    expect(first.equals(served.publicKey)).toBe(true);
    expect(second).toBe(first);
    expect(sns.asked).toHaveLength(2);
  });

  it.each([
    ['of another host', 'https://sns.eu-west-1.amazonaws.com.example.com/SimpleNotificationService-0.pem'],
    ['of another region', 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem'],
    ['over plain HTTP', 'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem'],
    ['of another port', 'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0.pem'],
    [
      'with somebody before the host',
      'https://sns@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
    ],
    ['with a query', 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem?x=1'],
    ['of another service there', 'https://sns.eu-west-1.amazonaws.com/bucket/mine.pem'],
  ])('fetches nothing %s', async (_what, template) => {
    const strict = new SigningCertificates({ origin: 'https://sns.eu-west-1.amazonaws.com', timeoutMs: 1 });
    const url = template.replace('-0.pem', `-${'0'.repeat(32)}.pem`);
    await expect(strict.publicKey(url)).rejects.toThrow(UntrustedMessageError);
  });

  it('trusts none but those of the host it was told', async () => {
    const url = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'0'.repeat(32)}.pem`;
    await expect(certificates.publicKey(url)).rejects.toThrow(UntrustedMessageError);
    expect(sns.asked).toEqual([]);
  });

  it.each(['sns.amazonaws.com', 'sns-signing.ap-east-1.amazonaws.com', 'sns-cn-north-1.amazonaws.com.cn'])(
    'takes those of %s, who signs in some region',
    async commonName => {
      await expect(certificates.publicKey(sns.serve(certificateOf(commonName)))).resolves.toBeDefined();
    },
  );

  it.each(['example.com', 'sns.amazonaws.com.example.com', 'evilsns.amazonaws.com', 's3.amazonaws.com'])(
    'takes none of %s',
    async commonName => {
      const url = sns.serve(certificateOf(commonName));
      await expect(certificates.publicKey(url)).rejects.toThrow(`of CN=${commonName}, and not of SNS`);
    },
  );

  it('takes none that has ended, though it was valid when it was fetched', async () => {
    const url = sns.serve(certificateOf('sns.amazonaws.com', { endsInDays: 1 }));
    let now = Date.now();
    const aging = new SigningCertificates({ origin: sns.origin, now: () => now });
    await aging.publicKey(url);

    now += 2 * 86_400_000;

    await expect(aging.publicKey(url)).rejects.toThrow('The signing certificate is valid from');
    await expect(
      certificates.publicKey(sns.serve(certificateOf('sns.amazonaws.com', { endsInDays: -1 }))),
    ).rejects.toThrow(UntrustedMessageError);
  });

  it('takes nothing that is no certificate', async () => {
    await expect(certificates.publicKey(sns.serve('no certificate'))).rejects.toThrow(UntrustedMessageError);
  });

  it('says that it is a passing failure when it cannot be fetched, and fetches it the next time', async () => {
    sns.status = 503;
    await expect(certificates.publicKey(sns.certificateUrl)).rejects.toThrow(DependencyDownError);

    sns.status = 200;
    await expect(certificates.publicKey(sns.certificateUrl)).resolves.toBeDefined();
  });

  it('reads no more than a certificate has', async () => {
    const url = sns.serve('x'.repeat(20_000));
    await expect(certificates.publicKey(url)).rejects.toThrow('20000 bytes are no certificate');
  });
});
