import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { bucketName } from '../../../lib/constructs/bucket-name.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { testApp } from '../../support/synthesized-app.ts';

const stack = () =>
  new Stack(testApp(), 'file-uploads', { env: { account: '111122223333', region: 'ap-southeast-1' } });

describe('bucketName', () => {
  it("is the place in the stack, in the namespace of the stack's account and region", () => {
    const scope = new Construct(stack(), 'Ways');

    expect(bucketName(scope, 'FannedOut')).toBe(
      'file-uploads-ways-fanned-out-111122223333-ap-southeast-1-an',
    );
  });

  it('leaves account and region to the deployment where the stack does', () => {
    const anywhere = new Stack(testApp(), 'file-uploads');

    expect(anywhere.resolve(bucketName(anywhere, 'Direct'))).toEqual({
      'Fn::Join': [
        '',
        ['file-uploads-direct-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }, '-an'],
      ],
    });
  });

  it('is never longer than the 63 characters that S3 takes', () => {
    const id = 'b'.repeat(32 - 'file-uploads-'.length);

    expect(bucketName(stack(), id)).toHaveLength(63);
    expect(() => bucketName(stack(), `${id}b`)).toThrow(PropsError);
    expect(() => bucketName(stack(), `${id}b`)).toThrow(
      /bucket name is file-uploads-b+; allowed: up to 32 small letters, digits and hyphens/,
    );
  });

  it.each(['Up.Loads', 'Up_Loads', 'Uploads-'])(
    'fails when an id has characters that S3 does not take: %s',
    id => {
      expect(() => bucketName(stack(), id)).toThrow(PropsError);
    },
  );
});
