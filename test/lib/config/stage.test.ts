import { type StageConfig, StageConfigError, stageConfigFrom } from '../../../lib/config/stage.ts';

const configWith = (context: Record<string, unknown>) => stageConfigFrom(context);

const faultOf = (context: Record<string, unknown>): Error => {
  try {
    configWith(context);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${JSON.stringify(context)} was taken`);
};

describe('stages', () => {
  it('is dev when the context names no stage', () => {
    expect(configWith({}).stage).toBe('dev');
  });

  it('lets go of data in dev, and keeps costs down', () => {
    expect(configWith({ stage: 'dev' })).toMatchObject({
      stage: 'dev',
      dataRemoval: 'destroy',
      tableEncryption: 'aws-owned',
      messageRetentionInDays: 4,
      logRetentionInDays: 7,
      logLevel: 'DEBUG',
      tags: { stage: 'dev', 'cost-center': 'messaging' },
    });
    expect(configWith({ stage: 'dev' }).paymentGatewayUrlParameter).toBeUndefined();
  });

  it('keeps data in prod, under keys of the account, and charges through a real gateway', () => {
    expect(configWith({ stage: 'prod' })).toMatchObject({
      stage: 'prod',
      dataRemoval: 'retain',
      tableEncryption: 'customer-managed',
      messageRetentionInDays: 7,
      logRetentionInDays: 90,
      logLevel: 'INFO',
      paymentGatewayUrlParameter: '/messaging/prod/payment-gateway-url',
      tags: { stage: 'prod', 'cost-center': 'messaging' },
    });
  });

  it.each(['nope', '', 'Prod', 'constructor', '__proto__', 3])('fails when the stage is %j', stage => {
    const fault = faultOf({ stage });
    expect(fault).toBeInstanceOf(StageConfigError);
    expect(fault.message).toBe(`stage is "${stage}"; allowed: dev, prod. Give one with -c stage=dev.`);
  });
});

describe('values from the context', () => {
  it.each<[keyof StageConfig, unknown, unknown]>([
    ['dataRemoval', 'retain', 'retain'],
    ['messageRetentionInDays', 13, 13],
    ['logRetentionInDays', 3653, 3653],
    ['logLevel', 'ERROR', 'ERROR'],
    ['tableEncryption', 'customer-managed', 'customer-managed'],
    ['maxConcurrency', 1000, 1000],
    ['redrive', 'scheduled', 'scheduled'],
    ['intakeRatePerSecond', 10_000, 10_000],
    ['intakeBurst', 5_000, 5_000],
    ['alarmEmails', 'oncall@example.com', ['oncall@example.com']],
    ['alarmEmails', 'jane@example.com,john@example.com', ['jane@example.com', 'john@example.com']],
    ['alarmWebhooks', 'https://pager.example.com/a', ['https://pager.example.com/a']],
    ['crmEndpointUrl', 'https://crm.example.com/events', 'https://crm.example.com/events'],
    ['alarmMessageAgeInSeconds', 1_209_600, 1_209_600],
    ['alarmBacklog', 10_000_000, 10_000_000],
    ['alarmMessagesPerDay', 10_000_000_000, 10_000_000_000],
    ['monthlyBudgetInUsd', 50, 50],
    ['alarmChat', 'T07EA123LEP/C07EZ1ABC23', 'T07EA123LEP/C07EZ1ABC23'],
    [
      'alarmChatTopicArns',
      'arn:aws:sns:eu-west-1:111122223333:a,arn:aws:sns:eu-west-1:111122223333:b',
      ['arn:aws:sns:eu-west-1:111122223333:a', 'arn:aws:sns:eu-west-1:111122223333:b'],
    ],
    ['paymentGatewayUrlParameter', '/a/b_c.d-e', '/a/b_c.d-e'],
    ['postEmails', ['jane@example.com'], ['jane@example.com']],
    ['postEmails', 'jane@example.com, john@example.com', ['jane@example.com', 'john@example.com']],
    ['postPhones', '+491701234567,+15550100', ['+491701234567', '+15550100']],
    ['postWebhooks', 'https://example.com/new-posts', ['https://example.com/new-posts']],
  ])('takes the place of the default: %s', (name, value, taken) => {
    expect(configWith({ [name]: value })[name]).toEqual(taken);
    expect(configWith({ [name]: value, stage: 'prod' })[name]).toEqual(taken);
  });

  it('may be numbers given as text, which is what the command line gives', () => {
    expect(configWith({ maxConcurrency: '12', logRetentionInDays: '30' })).toMatchObject({
      maxConcurrency: 12,
      logRetentionInDays: 30,
    });
  });

  it('change neither the stage nor its tags', () => {
    expect(configWith({ tags: { 'cost-center': 'other' } }).tags).toEqual(configWith({}).tags);
  });

  it('leave the defaults of the next reader alone', () => {
    const before = configWith({});
    configWith({ maxConcurrency: 7 });
    expect(configWith({})).toEqual(before);
  });
});

describe('values out of range', () => {
  const wholeNumbers: [keyof StageConfig, smallest: number, largest: number, allowed: string][] = [
    ['messageRetentionInDays', 1, 13, 'a whole number from 1 to 13'],
    ['maxConcurrency', 2, 1_000, 'a whole number from 2 to 1,000'],
    ['intakeRatePerSecond', 1, 10_000, 'a whole number from 1 to 10,000'],
    ['intakeBurst', 1, 5_000, 'a whole number from 1 to 5,000'],
    ['alarmMessageAgeInSeconds', 60, 1_209_600, 'a whole number from 60 to 1,209,600'],
    ['alarmBacklog', 1, 10_000_000, 'a whole number from 1 to 10,000,000'],
    ['alarmMessagesPerDay', 1, 10_000_000_000, 'a whole number from 1 to 10,000,000,000'],
    ['monthlyBudgetInUsd', 1, 10_000_000, 'a whole number from 1 to 10,000,000'],
    ['archiveBufferInSeconds', 60, 900, 'a whole number from 60 to 900'],
    ['archiveInstantRetrievalAfterDays', 1, 36_500, 'a whole number from 1 to 36,500'],
    ['archiveDeepArchiveAfterDays', 1, 36_500, 'a whole number from 1 to 36,500'],
    ['archiveRetentionInDays', 1, 36_500, 'a whole number from 1 to 36,500'],
  ];

  describe.each(wholeNumbers)('%s', (name, smallest, largest, allowed) => {
    it.each([smallest, largest])('takes %d', value => {
      expect(configWith({ [name]: value })[name]).toBe(value);
    });

    it.each([smallest - 1, largest + 1, smallest + 0.5])('fails when it is %d', value => {
      expect(faultOf({ [name]: String(value) }).message).toBe(
        `Configuration of stage dev: ${name} is ${value}; allowed: ${allowed}. Give another value with -c name=value.`,
      );
    });

    it.each(['many', '', '1e3', ' 5'])('fails when it is the text %j', value => {
      expect(faultOf({ [name]: value }).message).toContain(
        `${name} is ${JSON.stringify(value)}; allowed: ${allowed}.`,
      );
    });
  });

  it.each<[keyof StageConfig, unknown, string]>([
    ['dataRemoval', 'keep', 'destroy, retain'],
    ['logLevel', 'debug', 'DEBUG, INFO, WARN, ERROR'],
    ['tableEncryption', 'none', 'aws-owned, customer-managed'],
    ['redrive', 'on', 'off, manual, scheduled'],
    ['eventStream', 'provisioned', 'none, on-demand'],
    ['brokerEngine', 'kafka', 'rabbitmq, activemq'],
    ['alarms', 'some', 'essential, full'],
    [
      'archivedTopicArn',
      'arn:aws:sns:eu-west-1:111122223333:orders.fifo',
      'the ARN of a standard topic such as arn:aws:sns:eu-west-1:111122223333:orders',
    ],
    ['alarmChat', 'C07EZ1ABC23', "a Slack workspace's and a channel's id such as T07EA123LEP/C07EZ1ABC23"],
    ['alarmChat', '#alarms', "a Slack workspace's and a channel's id such as T07EA123LEP/C07EZ1ABC23"],
    ['crmEndpointUrl', 'http://crm.example.com/', 'a URL such as https://crm.example.com/user-events'],
    ['crmEndpointUrl', 'crm', 'a URL such as https://crm.example.com/user-events'],
    [
      'paymentGatewayUrlParameter',
      'https://pay.example',
      'a path such as /messaging/prod/payment-gateway-url',
    ],
    ['paymentGatewayUrlParameter', '', 'a path such as /messaging/prod/payment-gateway-url'],
  ])('fails when %s is %j', (name, value, allowed) => {
    expect(faultOf({ stage: 'prod', [name]: value }).message).toBe(
      `Configuration of stage prod: ${name} is ${JSON.stringify(value)}; allowed: ${allowed}. Give another value with -c name=value.`,
    );
  });

  it.each([
    ['alarmEmails', 'oncall', 'alarmEmails.0 is "oncall"; allowed: e-mail addresses'],
    ['alarmEmails', 123, 'alarmEmails is 123; allowed: e-mail addresses'],
    [
      'alarmWebhooks',
      'http://pager.example.com/',
      'alarmWebhooks.0 is "http://pager.example.com/"; allowed: URLs',
    ],
    ['alarmChatTopicArns', 'orders', 'alarmChatTopicArns.0 is "orders"; allowed: ARNs of topics'],
    ['postEmails', 'jane@example.com,john', 'postEmails.1 is "john"; allowed: e-mail addresses'],
    ['postEmails', 'jane@example.com,jane@example.com', 'each once'],
    ['postEmails', 5, 'postEmails is 5; allowed: e-mail addresses'],
    ['postPhones', '+0170', 'postPhones.0 is "+0170"; allowed: phone numbers'],
    ['postWebhooks', 'http://example.com/', 'postWebhooks.0 is "http://example.com/"; allowed: URLs'],
  ])('fails when the list %s is %j', (name, value, fault) => {
    expect(faultOf({ [name]: value }).message).toContain(fault);
  });

  it('fails when CloudWatch Logs does not know the number of days', () => {
    expect(faultOf({ logRetentionInDays: 8 }).message).toMatch(
      /logRetentionInDays is 8; allowed: 1, 3, 5, 7, 14, .* 3288, 3653\./,
    );
  });

  it('reports every fault at once', () => {
    const { message } = faultOf({ maxConcurrency: 1, logLevel: 'loud' });
    expect(message).toContain('maxConcurrency is 1; allowed: ');
    expect(message).toContain('logLevel is "loud"; allowed: ');
  });
});

describe('other accounts and regions', () => {
  it('are named as text, whatever they look like', () => {
    expect(configWith({ queueSenderAccounts: '012345678901' }).queueSenderAccounts).toEqual(['012345678901']);
    expect(configWith({ queueSenderAccounts: '111122223333,444455556666' }).queueSenderAccounts).toHaveLength(
      2,
    );
  });

  it.each([
    [{ queueSenderAccounts: '1234' }, 'queueSenderAccounts'],
    [{ guestOrganizationId: 'acme' }, 'guestOrganizationId is "acme"'],
    [
      { secondaryRegion: 'eu-west-1' },
      'secondaryRegion is "eu-west-1"; allowed: another region than primaryRegion',
    ],
    [{ secondaryRegion: 'af-south-1' }, 'secondaryRegion is "af-south-1"'],
  ])('fail for %j', (context, message) => {
    expect(faultOf(context)).toBeInstanceOf(StageConfigError);
    expect(faultOf(context).message).toContain(message);
  });
});

describe('names that are nearly those of values', () => {
  it.each([
    ['statge', 'stage'],
    ['Stage', 'stage'],
    ['alarmEmail', 'alarmEmails'],
    ['alarm-emails', 'alarmEmails'],
    ['monthlyBudgetInUSD', 'monthlyBudgetInUsd'],
    ['maxConcurency', 'maxConcurrency'],
  ])('refuses %s', (given, meant) => {
    const fault = faultOf({ [given]: 'prod' });
    expect(fault).toBeInstanceOf(StageConfigError);
    expect(fault.message).toBe(
      `${given} is no value of a stage. Did you mean ${meant}? lib/config/stage.ts has all of them.`,
    );
  });

  it.each([
    '@aws-cdk/core:enablePartitionLiterals',
    'aws:cdk:bundling-stacks',
    'availability-zones:account=111122223333:region=eu-west-1',
    'cli-telemetry',
    'owner',
    'page',
    'tag',
  ])('leaves %s to whoever reads it', name => {
    expect(configWith({ [name]: true }).stage).toBe('dev');
  });
});
