import { parseEnvironment } from '../../../contracts/environment.ts';
import { answerValidSeconds, searchFlightsJob, searchTime } from '../../../contracts/travel.ts';
import {
  janitorEnvironment,
  searchServerEnvironment,
  simulatedAirlines,
} from '../../../contracts/travel-search.ts';
import { checkedWorkerEnvironment } from '../../../contracts/worker.ts';
import { referredId, resourcesOfType } from '../../support/stack-template.ts';
import { systemTemplate } from '../../support/synthesized-app.ts';
import { templateDifferences, templatePicture } from '../../support/template-snapshot.ts';

const dev = systemTemplate('travel-search', 'dev');
const prod = systemTemplate('travel-search', 'prod');

const ofType = (type: string) => resourcesOfType(dev, type);

/** A value as the deployment would make it, with made-up names. */
function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::Join': join,
    'Fn::Select': select,
    'Fn::Split': split,
  } = value as {
    Ref?: string;
    'Fn::Join'?: [string, unknown[]];
    'Fn::Select'?: [number, unknown];
    'Fn::Split'?: [string, unknown];
  };
  if (join) return join[1].map(resolved).join(join[0]);
  if (select) {
    const [delimiter, text] = (select[1] as { 'Fn::Split': [string, unknown] })['Fn::Split'];
    return resolved(text).split(delimiter)[Number(select[0])] ?? '';
  }
  if (split) throw new Error('A list where a text is expected');
  if (Ref?.startsWith('RequestsQueue'))
    return 'https://sqs.eu-west-1.amazonaws.com/111122223333/travel-search-requests';
  return Ref?.startsWith('AWS::') ? Ref.slice(5) : `made-up-${referredId(value)}`;
}

function environmentOf(id: string): Record<string, string> {
  const found = ofType('AWS::ECS::TaskDefinition').find(([taskId]) => taskId.startsWith(id));
  const [container] = (found?.[1].Properties.ContainerDefinitions ?? []) as {
    Environment: { Name: string; Value: unknown }[];
  }[];
  if (!container) throw new Error(`There is no task ${id}`);
  return Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, resolved(Value)]));
}

const web = environmentOf('WebTask');
const search = environmentOf('SearchTask');

describe('requests', () => {
  const requests = ofType('AWS::SQS::Queue').find(([id]) => id.startsWith('RequestsQueue'))?.[1];

  it('live as long as an answer can be had again', () => {
    expect(requests?.Properties.MessageRetentionPeriod).toBe(answerValidSeconds);
  });

  it('go from the servers to the workers', () => {
    expect(web.REQUEST_QUEUE_URL).toBe(search.QUEUE_URL);
  });
});

describe('replies', () => {
  const prefix = 'travel-search-replies-';

  it('go where servers make their queues, and nowhere else', () => {
    expect(web.REPLY_QUEUE_URL_PREFIX).toBe(`https://sqs.eu-west-1.amazonaws.com/111122223333/${prefix}`);
    expect(search.REPLY_QUEUE_URL_PREFIX).toBe(web.REPLY_QUEUE_URL_PREFIX);
    expect(web.REPLY_QUEUE_ARN_PREFIX?.split(':').at(-1)).toBe(prefix);
  });

  it('come from the role of the workers, to the role of the servers', () => {
    const rolesOf = (id: string) =>
      ofType('AWS::ECS::TaskDefinition')
        .filter(([taskId]) => taskId.startsWith(id))
        .map(([, { Properties }]) => `made-up-${referredId(Properties.TaskRoleArn)}`);
    expect([web.OWN_ROLE_ARN]).toEqual(rolesOf('WebTask'));
    expect([web.REPLIER_ROLE_ARN]).toEqual(rolesOf('SearchTask'));
  });

  it('have queues that carry the cost-allocation tags of the stack', () => {
    expect(JSON.parse(web.REPLY_QUEUE_TAGS ?? '')).toEqual({
      system: 'travel-search',
      stage: 'dev',
      'cost-center': 'messaging',
    });
  });

  it('are tidied up after by a janitor that looks at those queues', () => {
    const [janitor] = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    const { Variables = {} } = (janitor?.Environment ?? {}) as { Variables?: Record<string, string> };
    expect(parseEnvironment(janitorEnvironment, Variables).REPLY_QUEUE_PREFIX).toBe(prefix);
  });
});

describe('the programs', () => {
  it('understand their environments', () => {
    expect(() => parseEnvironment(searchServerEnvironment, web)).not.toThrow();
    expect(() => parseEnvironment(searchFlightsJob.environment, search)).not.toThrow();
    const worker = { ...search, PLATFORM: 'local' };
    expect(() => parseEnvironment(checkedWorkerEnvironment as never, worker)).not.toThrow();
  });

  it('find answers in the same table', () => {
    expect(web.ANSWERS_TABLE).toBe(search.ANSWERS_TABLE);
  });

  it('ask simulated airlines, unless a parameter names others', () => {
    expect(JSON.parse(search.AIRLINES ?? '')).toEqual(simulatedAirlines);
    const { Parameters = {} } = systemTemplate('travel-search', 'dev', {
      airlinesParameter: '/messaging/dev/airlines',
    });
    const parameters = Object.values(Parameters);
    expect(parameters).toContainEqual(expect.objectContaining({ Default: '/messaging/dev/airlines' }));
  });

  it('have time for the longest search', () => {
    expect(Number(web.SHUTDOWN_SECONDS) * 1_000).toBeGreaterThan(searchTime.most);
    expect(Number(search.JOB_TIMEOUT_SECONDS) * 1_000).toBeGreaterThan(searchTime.most);
  });
});

it.each(['dev', 'prod'] as const)(
  'always has a worker and a server in %s: nobody waits for one to start',
  stage => {
    const targets = resourcesOfType(
      systemTemplate('travel-search', stage),
      'AWS::ApplicationAutoScaling::ScalableTarget',
    );
    expect(targets).toHaveLength(2);
    for (const [, { Properties }] of targets) {
      expect(Properties.MinCapacity).toBeGreaterThanOrEqual(stage === 'prod' ? 2 : 1);
    }
  },
);

it('has no way to the internet', () => {
  for (const type of ['InternetGateway', 'NatGateway', 'Route'])
    expect(ofType(`AWS::EC2::${type}`)).toEqual([]);
});

describe('what it was when it was last looked at', () => {
  it('is what it is in dev', () => {
    expect(templatePicture(dev)).toMatchSnapshot();
  });

  it('is what differs in prod', () => {
    expect(templateDifferences(dev, prod)).toMatchSnapshot();
  });
});
