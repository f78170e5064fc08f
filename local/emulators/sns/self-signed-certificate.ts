import { type KeyObject, randomBytes, sign } from 'node:crypto';

export interface CertificateDetails {
  /** `CN` of subject and issuer. */
  readonly commonName: string;
  readonly publicKey: KeyObject;
  /** RSA key that belongs to it. */
  readonly privateKey: KeyObject;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/**
 * An X.509 certificate that vouches for itself, in PEM. Node.js reads certificates and writes none.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc5280#section-4.1
 */
export function selfSignedCertificate(details: CertificateDetails): string {
  const { commonName, publicKey, privateKey, validFrom, validTo } = details;
  const name = sequence(element(SET, sequence(COMMON_NAME, element(UTF8_STRING, Buffer.from(commonName)))));
  const toBeSigned = sequence(
    element(VERSION, element(INTEGER, Buffer.of(2))),
    element(INTEGER, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    SHA256_WITH_RSA,
    name,
    sequence(time(validFrom), time(validTo)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const certificate = sequence(
    toBeSigned,
    SHA256_WITH_RSA,
    element(BIT_STRING, Buffer.concat([Buffer.of(0), signature])),
  );
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Tags of DER. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
/** `[0] EXPLICIT`, in which a certificate's version stands. */
const VERSION = 0xa0;

/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** 1.2.840.113549.1.1.11, without parameters. */
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

function sequence(...members: readonly Buffer[]): Buffer {
  return element(SEQUENCE, Buffer.concat(members));
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

/** Up to 127 as one byte; above, how many bytes follow, and those. */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) {
    return Buffer.of(length);
  }
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}

/** `YYMMDDhhmmssZ`. */
function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return element(UTC_TIME, Buffer.from(`${digits}Z`));
}
