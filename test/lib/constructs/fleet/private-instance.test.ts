import { LaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import {
  amazonLinux,
  encryptedDisk,
  PrivateInstanceRole,
} from '../../../../lib/constructs/fleet/private-instance.ts';
import { onlyResource, templateOf, testStack } from '../../../support/stack-template.ts';

it('an instance runs the newest Amazon Linux 2023 for Arm of the day that it is deployed', () => {
  const stack = testStack();
  new LaunchTemplate(stack, 'Template', { machineImage: amazonLinux });
  const { LaunchTemplateData } = onlyResource(stack, 'AWS::EC2::LaunchTemplate').Properties;
  const { Ref } = (LaunchTemplateData as { ImageId: { Ref: string } }).ImageId;
  expect(templateOf(stack).Parameters?.[Ref]).toMatchObject({
    Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
    Default: expect.stringMatching(/^\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-kernel-.*-arm64$/),
  });
});

it('a disk is encrypted, and deleted with its instance', () => {
  const stack = testStack();
  new LaunchTemplate(stack, 'Template', { machineImage: amazonLinux, blockDevices: [encryptedDisk(20)] });
  expect(onlyResource(stack, 'AWS::EC2::LaunchTemplate').Properties).toMatchObject({
    LaunchTemplateData: {
      BlockDeviceMappings: [
        {
          DeviceName: '/dev/xvda',
          Ebs: { Encrypted: true, DeleteOnTermination: true, VolumeType: 'gp3', VolumeSize: 20 },
        },
      ],
    },
  });
});

it("a role lets people in by Session Manager, and has none of AWS's policies", () => {
  const stack = testStack();
  new PrivateInstanceRole(stack, 'Role', { description: 'Whoever tries' });
  const role = onlyResource(stack, 'AWS::IAM::Role').Properties;
  expect(role).toMatchObject({ Description: 'Whoever tries' });
  expect(role).not.toHaveProperty('ManagedPolicyArns');
  expect(role.AssumeRolePolicyDocument).toMatchObject({
    Statement: [{ Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toMatchObject({
    Statement: [
      {
        Action: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
      },
    ],
  });
});
