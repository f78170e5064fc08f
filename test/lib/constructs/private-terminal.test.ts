import { PrivateNetwork } from '../../../lib/constructs/private-network.ts';
import { PrivateTerminal } from '../../../lib/constructs/private-terminal.ts';
import { PropsError } from '../../../lib/constructs/validation.ts';
import { onlyResource, resourceOf, testStack } from '../../support/stack-template.ts';

function makeTerminal(commands: Readonly<Record<string, string>> = { greet: 'echo "Hello $1"' }) {
  const stack = testStack();
  const network = new PrivateNetwork(stack, 'Network', { services: PrivateTerminal.services });
  const terminal = new PrivateTerminal(stack, 'Terminal', { network, commands });
  return { stack, network, terminal };
}

const instanceOf = (commands?: Readonly<Record<string, string>>) =>
  onlyResource(makeTerminal(commands).stack, 'AWS::EC2::Instance');

function userDataOf(commands?: Readonly<Record<string, string>>): string {
  const { 'Fn::Base64': script } = instanceOf(commands).Properties.UserData as { 'Fn::Base64': string };
  return script;
}

describe('PrivateTerminal', () => {
  it('is a small Arm instance in an isolated subnet, with an encrypted disk and IMDSv2', () => {
    const { stack, network } = makeTerminal();
    expect(onlyResource(stack, 'AWS::EC2::Instance').Properties).toMatchObject({
      InstanceType: 't4g.micro',
      SubnetId: stack.resolve(network.vpc.isolatedSubnets[0]?.subnetId),
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, VolumeSize: 8 } }],
    });
  });

  it('has no key pair, no public address, and lets nobody in', () => {
    const { stack } = makeTerminal();
    const { Properties } = onlyResource(stack, 'AWS::EC2::Instance');
    expect(Properties).not.toHaveProperty('KeyName');
    expect(Properties).not.toHaveProperty('NetworkInterfaces');
    expect(onlyResource(stack, 'AWS::EC2::SecurityGroupIngress').Properties.GroupId).not.toEqual(
      (Properties.SecurityGroupIds as unknown[])[0],
    );
  });

  it('is opened by Session Manager', () => {
    const { stack, terminal } = makeTerminal();
    expect(stack.resolve(terminal.sessionCommand)).toEqual({
      'Fn::Join': [
        '',
        [
          'aws ssm start-session --target ',
          stack.resolve(terminal.instance.instanceId),
          ' --region ',
          { Ref: 'AWS::Region' },
        ],
      ],
    });
    expect(PrivateTerminal.services).toEqual(['ssm', 'ssmmessages']);
  });

  it('starts when its endpoints are there', () => {
    const { stack, network } = makeTerminal();
    const waitedFor = onlyResource(stack, 'AWS::EC2::Instance').DependsOn;
    for (const service of PrivateTerminal.services) {
      expect(waitedFor).toContain(stack.getLogicalId(network.endpoint(service).node.defaultChild as never));
    }
  });

  it('has its commands ready, as programs that fail when a step does', () => {
    expect(userDataOf()).toContain(
      [
        "cat > /usr/local/bin/greet <<'END'",
        '#!/bin/bash',
        'set -euo pipefail',
        'echo "Hello $1"',
        'END',
        'chmod 0755 /usr/local/bin/greet',
      ].join('\n'),
    );
  });

  it('is another instance when its commands change, since they are installed at the first start', () => {
    const idOf = (commands: Readonly<Record<string, string>>) => {
      const { stack, terminal } = makeTerminal(commands);
      expect(resourceOf(terminal.instance).Type).toBe('AWS::EC2::Instance');
      return stack.resolve(
        (terminal.instance.node.defaultChild as unknown as { logicalId: string }).logicalId,
      );
    };
    expect(idOf({ greet: 'echo Hello' })).toBe(idOf({ greet: 'echo Hello' }));
    expect(idOf({ greet: 'echo Hello' })).not.toBe(idOf({ greet: 'echo Good morning' }));
  });
});

describe('props of a PrivateTerminal', () => {
  it.each([
    ['there are no commands', {}, 'commands is empty; allowed: one or more, named by lower case letters'],
    [
      'a command has the name of a path',
      { '../greet': 'echo' },
      'commands is ../greet; allowed: one or more',
    ],
  ])('fails when %s', (_, commands, message) => {
    expect(() => makeTerminal(commands)).toThrow(PropsError);
    expect(() => makeTerminal(commands)).toThrow(`orders/Terminal: ${message}`);
  });
});
