import { Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * Amazon Linux 2023 on Arm, the newest at the time of each deployment: CloudFormation reads its id from
 * AWS's public parameter, and nothing is looked up here.
 *
 * @see https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
 */
export const amazonLinux = ec2.MachineImage.latestAmazonLinux2023({
  cpuType: ec2.AmazonLinuxCpuType.ARM_64,
  kernel: ec2.AmazonLinux2023Kernel.DEFAULT,
});

/** Root disk of an instance: encrypted, and gone with it. */
export function encryptedDisk(sizeInGiB: number): ec2.BlockDevice {
  return {
    deviceName: '/dev/xvda',
    volume: ec2.BlockDeviceVolume.ebs(sizeInGiB, {
      volumeType: ec2.EbsDeviceVolumeType.GP3,
      encrypted: true,
      deleteOnTermination: true,
    }),
  };
}

/**
 * Role of instances that people reach by Session Manager, with no key pair and no open port. It may do
 * that and nothing else until something is granted; AWS's managed policy for it would also let the
 * instance read every parameter of the account.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export class PrivateInstanceRole extends iam.Role {
  constructor(scope: Construct, id: string, props: { readonly description: string }) {
    super(scope, id, {
      assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
      description: props.description,
    });
    this.addToPolicy(
      new iam.PolicyStatement({
        sid: 'SessionManager',
        actions: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        resources: ['*'],
      }),
    );
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
      reason: 'Session channels have no ARN that a permission could name',
    });
  }
}
