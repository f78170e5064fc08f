import { EnvironmentError, parseEnvironment } from '../../contracts/environment.ts';
import { checkedWorkerEnvironment } from '../../contracts/worker.ts';

const least = {
  LOG_LEVEL: 'INFO',
  JOB: 'draw-meme',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/memes',
  AWS_REGION: 'eu-central-1',
  POWERTOOLS_SERVICE_NAME: 'meme-worker',
  POWERTOOLS_METRICS_NAMESPACE: 'Memes',
  VISIBILITY_TIMEOUT_SECONDS: '60',
};

const parse = (more: Readonly<Record<string, string>>) =>
  parseEnvironment(checkedWorkerEnvironment, { ...least, ...more });

describe('checkedWorkerEnvironment', () => {
  it('has these defaults', () => {
    expect(parse({})).toEqual({
      ...least,
      PLATFORM: 'local',
      CONCURRENCY: 1,
      VISIBILITY_TIMEOUT_SECONDS: 60,
      JOB_TIMEOUT_SECONDS: 900,
      LONG_POLL_SECONDS: 20,
      RETRY_FIRST_SECONDS: 10,
      RETRY_LAST_SECONDS: 900,
      SHUTDOWN_SECONDS: 25,
      HEALTH_PORT: 8_080,
      STALLED_AFTER_SECONDS: 120,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://169.254.169.254',
      NOTICE_INTERVAL_SECONDS: 5,
      LIFECYCLE_HEARTBEAT_SECONDS: 60,
    });
  });

  it('takes a heartbeat below the visibility timeout, in fractions of a second too', () => {
    expect(parse({ HEARTBEAT_SECONDS: '59.5' }).HEARTBEAT_SECONDS).toBe(59.5);
  });

  it.each([
    ['HEARTBEAT_SECONDS', '60', 'less than VISIBILITY_TIMEOUT_SECONDS', {}],
    ['HEARTBEAT_SECONDS', 'often', '0.1 to 3600 seconds', {}],
    ['VISIBILITY_TIMEOUT_SECONDS', '0', '1 to 3600 whole seconds', {}],
    ['VISIBILITY_TIMEOUT_SECONDS', '1.5', '1 to 3600 whole seconds', {}],
    ['JOB_TIMEOUT_SECONDS', '39601', '0.1 to 39600 seconds', {}],
    ['LONG_POLL_SECONDS', '21', '1 to 20 whole seconds', {}],
    ['CONCURRENCY', '0', '1 to 200 in whole numbers', {}],
    ['CONCURRENCY', '2', '1 for a FIFO queue', { QUEUE_URL: `${least.QUEUE_URL}.fifo` }],
    ['RETRY_LAST_SECONDS', '9', 'at least RETRY_FIRST_SECONDS', {}],
    ['STALLED_AFTER_SECONDS', '30', 'more than LONG_POLL_SECONDS + 10', {}],
    ['PLATFORM', 'moon', '"ec2" | "ecs" | "local"', {}],
    ['JOB', 'Draw Meme', 'a kebab-case name', {}],
    ['QUEUE_URL', 'memes', 'Invalid URL', {}],
  ])('refuses %s=%s: %s', (name, value, expected, more) => {
    const parsed = () => parse({ ...more, [name]: value });
    expect(parsed).toThrow(EnvironmentError);
    expect(parsed).toThrow(`${name} is "${value}"`);
    expect(parsed).toThrow(expected);
  });

  it('needs the agent that ECS sets where the platform is ECS', () => {
    expect(() => parse({ PLATFORM: 'ecs' })).toThrow('ECS_AGENT_URI is not set');
    expect(parse({ PLATFORM: 'ecs', ECS_AGENT_URI: 'http://169.254.170.2/api/x' }).PLATFORM).toBe('ecs');
  });

  it('takes a hook without its group, but no group without a hook', () => {
    const hook = { LIFECYCLE_HOOK_NAME: 'drain' };
    expect(parse(hook)).toMatchObject(hook);
    expect(() => parse({ AUTO_SCALING_GROUP_NAME: 'memes' })).toThrow('LIFECYCLE_HOOK_NAME is not set');
  });
});
