import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { LogTrail } from '../../../../lib/constructs/monitoring/log-trail.ts';
import { onlyResource, testStack } from '../../../support/stack-template.ts';

function trailOf(count: number) {
  const stack = testStack();
  const logGroups = Array.from({ length: count }, (_, index) => new LogGroup(stack, `Log${index}`));
  new LogTrail(stack, 'Trail', { logGroups, subjectField: 'order_id' });
  return { stack, logGroups };
}

describe('LogTrail', () => {
  it('asks for an id and searches all logs for it, as what correlates and as what it is about', () => {
    const { stack, logGroups } = trailOf(2);

    const { Properties } = onlyResource(stack, 'AWS::Logs::QueryDefinition');
    expect(Properties).toMatchObject({
      Name: 'orders/Follow one order_id',
      LogGroupNames: logGroups.map(({ logGroupName }) => stack.resolve(logGroupName)),
      Parameters: [{ Name: 'id' }],
    });
    expect(String(Properties.QueryString).split('\n| ')).toEqual([
      expect.stringMatching(/^fields @timestamp, .*correlation_id.*order_id.*error\.message/),
      "filter correlation_id = '{{id}}' or order_id = '{{id}}'",
      'sort @timestamp asc',
      'limit 1000',
    ]);
  });

  it.each([0, 51])('fails with %i log groups, and says what to do', count => {
    expect(() => trailOf(count)).toThrow(/logGroups.*1 to 50 log groups.*Part the system/s);
  });
});
