import {
  completeFunctionSpec,
  functionArn,
  InvalidFunctionSpec,
} from '../../../local/functions/function-spec.ts';

const minimal = { functionName: 'payment', codeDirectory: '/assets/payment', handler: 'index.handler' };

describe('completeFunctionSpec', () => {
  it("fills in Lambda's defaults", () => {
    expect(completeFunctionSpec(minimal)).toEqual({
      ...minimal,
      environment: {},
      memorySize: 128,
      timeoutSeconds: 3,
      region: 'us-east-1',
      accountId: '000000000000',
      logGroupName: '/aws/lambda/payment',
    });
  });

  it('keeps what is declared', () => {
    const declared = {
      ...minimal,
      memorySize: 256,
      timeoutSeconds: 30,
      reservedConcurrency: 0,
      region: 'eu-west-1',
    };

    expect(completeFunctionSpec(declared)).toMatchObject(declared);
    expect(functionArn(completeFunctionSpec(declared))).toBe(
      'arn:aws:lambda:eu-west-1:000000000000:function:payment',
    );
  });

  it.each([
    ['handler', { handler: 'index' }, '"index"', 'file.export'],
    ['memorySize', { memorySize: 64 }, '64', '128 to 10240'],
    ['timeoutSeconds', { timeoutSeconds: 901 }, '901', '1 to 900'],
    ['reservedConcurrency', { reservedConcurrency: -1 }, '-1', 'from 0'],
  ])('fails when %s is out of range', (property, overrides, value, allowed) => {
    const complete = () => completeFunctionSpec({ ...minimal, ...overrides });

    expect(complete).toThrow(InvalidFunctionSpec);
    expect(complete).toThrow(`Function payment: ${property} is ${value}`);
    expect(complete).toThrow(allowed);
  });
});
