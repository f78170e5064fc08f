import { Aws, Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { amazonLinux, encryptedDisk, PrivateInstanceRole } from './fleet/private-instance.ts';
import { type EndpointService, sessionManagerServices } from './network/endpoint-services.ts';
import type { PrivateNetwork } from './private-network.ts';
import { validateProps } from './validation.ts';

export interface PrivateTerminalProps {
  readonly network: PrivateNetwork;

  /**
   * Commands that are ready on the instance: shell script by name. `$1` and so on are what is typed
   * after the name.
   */
  readonly commands: Readonly<Record<string, string>>;
}

/**
 * Instance to try things from where there is no internet: no key pair, no open port, no public address;
 * people come by Session Manager. It needs nothing but what Amazon Linux has, the AWS CLI among it.
 *
 * @throws PropsError when a command's name is not that of a command.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
 */
export class PrivateTerminal extends Construct {
  /** Services that the network must have endpoints of, beside those that its commands call. */
  static readonly services: readonly EndpointService[] = sessionManagerServices;

  readonly instance: ec2.Instance;
  /** Grant here what its commands need. */
  readonly role: iam.Role;
  /** Opens a shell on it, from a terminal with the AWS CLI and its Session Manager plugin. */
  readonly sessionCommand: string;

  constructor(scope: Construct, id: string, { network, commands }: PrivateTerminalProps) {
    const names = Object.keys(commands);
    validateProps(scope, id, [
      {
        prop: 'commands',
        value: names.join(', ') || 'empty',
        holds: names.length > 0 && names.every(name => /^[a-z][a-z0-9-]*$/.test(name)),
        allowed: 'one or more, named by lower case letters, digits and hyphens',
        remedy: 'They become files in /usr/local/bin.',
      },
    ]);
    super(scope, id);
    const { stackName } = Stack.of(this);

    this.role = new PrivateInstanceRole(this, 'Role', { description: `Whoever tries ${stackName}` });
    this.instance = new ec2.Instance(this, 'Instance', {
      vpc: network.vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      instanceType: new ec2.InstanceType('t4g.micro'),
      machineImage: amazonLinux,
      role: this.role,
      securityGroup: network.clientGroup(this, 'Group', `Terminal of ${stackName}`),
      blockDevices: [encryptedDisk(8)],
      httpTokens: ec2.HttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      detailedMonitoring: true,
      propagateTagsToVolumeOnCreation: true,
      userData: ec2.UserData.custom(installScript(commands)),
      // User data runs at an instance's first start only: other commands are another instance.
      userDataCausesReplacement: true,
    });
    // The agent asks for its endpoints at once, and seldom afterwards.
    this.instance.node.addDependency(network);
    this.sessionCommand = `aws ssm start-session --target ${this.instance.instanceId} --region ${Aws.REGION}`;
    Validations.of(this.instance).acknowledge({
      id: 'AwsSolutions::AwsSolutions-EC29',
      reason: 'It holds nothing and is made anew by any deployment: protecting it would block those',
    });
  }
}

function installScript(commands: Readonly<Record<string, string>>): string {
  const files = Object.entries(commands).map(
    ([name, script]) =>
      `cat > /usr/local/bin/${name} <<'END'\n#!/bin/bash\nset -euo pipefail\n${script}\nEND\nchmod 0755 /usr/local/bin/${name}`,
  );
  return ['#!/bin/bash', 'set -euo pipefail', ...files, ''].join('\n');
}
