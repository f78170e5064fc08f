import { AutoScalingLifecycleAction } from '../../../worker/platform/lifecycle-action.ts';
import { type HttpStandIn, httpStandIn } from '../support/http-stand-in.ts';
import { credentials, region } from '../support/local-sqs.ts';

let autoScaling: HttpStandIn;
let refusal: string | undefined;
let action: AutoScalingLifecycleAction;

beforeEach(async () => {
  refusal = undefined;
  autoScaling = await httpStandIn(({ body }) => {
    const name = new URLSearchParams(body).get('Action');
    if (refusal === undefined) {
      return { contentType: 'text/xml', body: `<${name}Response><${name}Result/></${name}Response>` };
    }
    const error = `<Error><Type>Sender</Type><Code>ValidationError</Code><Message>${refusal}</Message></Error>`;
    return { status: 400, contentType: 'text/xml', body: `<ErrorResponse>${error}</ErrorResponse>` };
  });
  Object.assign(process.env, credentials, { AWS_ENDPOINT_URL_AUTO_SCALING: autoScaling.url });
  action = new AutoScalingLifecycleAction({
    region,
    hookName: 'drain',
    groupName: async () => 'videos',
    instanceId: async () => 'i-0123456789abcdef0',
  });
});
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL_AUTO_SCALING;
  await autoScaling.close();
});

const sent = () => Object.fromEntries(new URLSearchParams(autoScaling.requests.at(-1)?.body));

describe('AutoScalingLifecycleAction', () => {
  it('completes the action of this instance in the group and hook', async () => {
    await action.complete();
    expect(sent()).toMatchObject({
      Action: 'CompleteLifecycleAction',
      AutoScalingGroupName: 'videos',
      LifecycleHookName: 'drain',
      InstanceId: 'i-0123456789abcdef0',
      LifecycleActionResult: 'CONTINUE',
    });
  });

  it('records a heartbeat', async () => {
    await action.heartbeat();
    expect(sent()).toMatchObject({
      Action: 'RecordLifecycleActionHeartbeat',
      AutoScalingGroupName: 'videos',
      LifecycleHookName: 'drain',
      InstanceId: 'i-0123456789abcdef0',
    });
  });

  it('fails with what Auto Scaling says', async () => {
    refusal = 'No active Lifecycle Action found with instance ID i-0123456789abcdef0';
    await expect(action.complete()).rejects.toThrow('No active Lifecycle Action');
  });
});
