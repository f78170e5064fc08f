import { Aws } from 'aws-cdk-lib';
import { bootScript } from '../../../lib/constructs/fleet/boot-script.ts';
import { readBootScript } from '../../../local/workers/boot-script.ts';

const script = (environment: Readonly<Record<string, string>>) =>
  bootScript({
    groupName: 'videos',
    readyHook: 'ready',
    code: { bucketName: 'assets', objectKey: 'abc.zip' },
    environment,
    logGroupName: 'log',
    healthPort: 8080,
    stopTimeoutSeconds: 60,
  }).replaceAll(Aws.REGION, 'eu-west-1');

describe('readBootScript', () => {
  it('finds the bundle, the command and the variables in the script that instances run', () => {
    expect(readBootScript(script({ JOB: 'draw-meme', EMPTY: '' }))).toEqual({
      objectKey: 'abc.zip',
      command: ['--no-addons', 'main.mjs'],
      variables: { JOB: 'draw-meme', EMPTY: '' },
    });
  });

  it.each(['with "quotes"', 'back\\slash', '`ticks`', '$HOME', "it's", 'a=b', 'ünï 😀'])(
    'reads %s as systemd does',
    value => {
      expect(readBootScript(script({ TEXT: value }))?.variables).toEqual({ TEXT: value });
    },
  );

  it('finds no worker in a script that starts none', () => {
    expect(readBootScript('#!/bin/bash\nyum update -y')).toBeUndefined();
  });
});
