import { loopRule } from '../../../lib/validation/loop-rule.ts';
import { messagingRules } from '../../../lib/validation/messaging-rules.ts';
import { synthesizedApp, systemTemplate } from '../../support/synthesized-app.ts';

interface Resource {
  readonly Type: string;
  Properties: Record<string, unknown>;
}
type Resources = Record<string, Resource>;

interface Statement {
  Effect: string;
  Action: unknown;
  Resource: unknown;
}

const intact = systemTemplate('file-uploads', 'dev') as object as { Resources: Resources };

/** What the rule finds in file-uploads after a change. */
function findingsAfter(change: (resources: Resources) => void) {
  const template = structuredClone(intact);
  change(template.Resources);
  return loopRule.findings(template);
}

const idOf = (beginning: string, type: string) => {
  const [id] =
    Object.entries(intact.Resources).find(
      ([candidate, { Type }]) => Type === type && candidate.startsWith(beginning),
    ) ?? [];
  if (!id) throw new Error(`There is no ${type} ${beginning}…`);
  return id;
};

const bucketId = idOf('DirectBucket', 'AWS::S3::Bucket');
const fannedOutBucketId = idOf('FannedOutBucket', 'AWS::S3::Bucket');
const queueId = idOf('DirectUploadsQueue', 'AWS::SQS::Queue');
const topicId = idOf('UploadsTopic', 'AWS::SNS::Topic');
const roleId = idOf('DirectConsumerRole', 'AWS::IAM::Role');
const policyId = idOf('DirectConsumerRole', 'AWS::IAM::Policy');
const fannedOutRoleId = idOf('FannedOutConsumerRole', 'AWS::IAM::Role');
const fannedOutPolicyId = idOf('FannedOutConsumerRole', 'AWS::IAM::Policy');

const objectsOf = (id: string, keys: string) => ({
  'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, `/${keys}`]],
});
const place = `\${AWS::AccountId}-\${AWS::Region}`;
const incoming = `arn:aws:s3:::file-uploads-direct-${place}-an/incoming/*`;

function addStatement(resources: Resources, statement: Statement, policy = policyId): void {
  const document = resources[policy]?.Properties.PolicyDocument as { Statement: object[] } | undefined;
  if (!document) throw new Error(`There is no policy ${policy}`);
  document.Statement.push(statement);
}

/** Lets the consumer of the one bucket, or of the other, do one thing more. */
function allow(resources: Resources, statement: Omit<Statement, 'Effect'>, policy = policyId): void {
  addStatement(resources, { Effect: 'Allow', ...statement }, policy);
}

const finding = (action: string, resource: string, where = policyId, who = roleId) => ({
  logicalId: where,
  property: 'PolicyDocument',
  found: `one that lets ${who} do ${action} on ${resource}, of which it is told`,
});

describe('loopRule', () => {
  it('is one of the messaging rules', () => {
    expect(messagingRules).toContain(loopRule);
  });

  it.each(['dev', 'prod'] as const)('finds nothing in any system of %s', stage => {
    const { stackNames, template } = synthesizedApp(stage);

    for (const name of stackNames) expect(loopRule.findings(template(name) as object)).toEqual([]);
  });

  it.each<[string, Statement['Action'], Statement['Resource']]>([
    ['the prefix that it listens to', 's3:PutObject', objectsOf(bucketId, 'incoming/*')],
    ['part of that prefix', 's3:PutObject', objectsOf(bucketId, 'incoming/results/*')],
    ['one object under it', ['s3:GetObject', 's3:PutObject'], objectsOf(bucketId, 'incoming/last.json')],
    ['the whole bucket', 's3:PutObject', objectsOf(bucketId, '*')],
    ['any JSON in the bucket', 's3:PutObject', objectsOf(bucketId, '*.json')],
    ['every bucket', 's3:PutObject', '*'],
    ['the bucket by a pattern of actions', 's3:Put*', objectsOf(bucketId, '*')],
    ['the bucket by all actions', '*', objectsOf(bucketId, 'in*')],
    [
      'the bucket by its name',
      's3:PutObject',
      {
        'Fn::Sub': `arn:\${AWS::Partition}:s3:::file-uploads-direct-${place}-an/incoming/*`,
      },
    ],
    [
      'the bucket by a reference to it',
      's3:PutObject',
      { 'Fn::Join': ['', ['arn:aws:s3:::', { Ref: bucketId }, '/incoming/*']] },
    ],
    ['somewhere that only the deployment knows', 's3:PutObject', { 'Fn::ImportValue': 'somewhere' }],
  ])('finds a consumer that may write to %s', (_case, Action, Resource) => {
    const found = findingsAfter(resources => allow(resources, { Action, Resource }));

    expect(found).toContainEqual(finding('s3:PutObject', incoming));
    // A statement on everything also covers deletions, of which the bucket tells too.
    expect(new Set(found.map(({ logicalId }) => logicalId))).toEqual(new Set([policyId]));
  });

  it.each(['s3:DeleteObject', 's3:DeleteObjectVersion'])(
    'finds a consumer that may make itself be told of objects that go: %s',
    Action => {
      expect(
        findingsAfter(resources => allow(resources, { Action, Resource: objectsOf(bucketId, 'incoming/*') })),
      ).toEqual([finding(Action, incoming)]);
    },
  );

  it('finds it behind a topic too', () => {
    const found = findingsAfter(resources =>
      allow(
        resources,
        { Action: 's3:PutObject', Resource: objectsOf(fannedOutBucketId, 'incoming/*') },
        fannedOutPolicyId,
      ),
    );

    expect(found).toEqual([
      finding(
        's3:PutObject',
        `arn:aws:s3:::file-uploads-fanned-out-${place}-an/incoming/*`,
        fannedOutPolicyId,
        fannedOutRoleId,
      ),
    ]);
  });

  it.each<[string, (resources: Resources, statement: Statement) => void, string?]>([
    [
      'the role itself',
      (resources, statement) => {
        Object.assign(resources[roleId]?.Properties ?? {}, {
          Policies: [{ PolicyName: 'inline', PolicyDocument: { Statement: statement } }],
        });
      },
      roleId,
    ],
    [
      'a managed policy that names the role',
      (resources, statement) => {
        resources.Managed = {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { Roles: [{ Ref: roleId }], PolicyDocument: { Statement: [statement] } },
        };
      },
      'Managed',
    ],
    [
      'a managed policy that the role names',
      (resources, statement) => {
        resources.Managed = {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: [statement] } },
        };
        Object.assign(resources[roleId]?.Properties ?? {}, { ManagedPolicyArns: [{ Ref: 'Managed' }] });
      },
      'Managed',
    ],
    [
      'a policy of the role alone',
      (resources, statement) => {
        resources.Own = {
          Type: 'AWS::IAM::RolePolicy',
          Properties: { RoleName: { Ref: roleId }, PolicyDocument: { Statement: [statement] } },
        };
      },
      'Own',
    ],
  ])('finds it in %s', (_case, place, where) => {
    const statement = {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: objectsOf(bucketId, 'incoming/*'),
    };

    expect(findingsAfter(resources => place(resources, statement))).toEqual([
      finding('s3:PutObject', incoming, where),
    ]);
  });

  it('takes what is excepted for everything', () => {
    expect(
      findingsAfter(resources => {
        resources.Wide = {
          Type: 'AWS::IAM::RolePolicy',
          Properties: {
            RoleName: { Ref: roleId },
            PolicyDocument: {
              Statement: {
                Effect: 'Allow',
                NotAction: 'iam:*',
                NotResource: objectsOf(bucketId, 'results/*'),
              },
            },
          },
        };
      }),
    ).toContainEqual(finding('s3:PutObject', incoming, 'Wide'));
  });

  it('finds a worker that takes from the queue with a role that no mapping names', () => {
    const found = findingsAfter(resources => {
      resources.Worker = { Type: 'AWS::IAM::Role', Properties: {} };
      resources.WorkerPolicy = {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Roles: [{ Ref: 'Worker' }],
          PolicyDocument: {
            Statement: [
              { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: { 'Fn::GetAtt': [queueId, 'Arn'] } },
              { Effect: 'Allow', Action: 's3:PutObject', Resource: objectsOf(bucketId, '*') },
            ],
          },
        },
      };
    });

    expect(found).toEqual([finding('s3:PutObject', incoming, 'WorkerPolicy', 'Worker')]);
  });

  it('finds a function that a bucket invokes straight', () => {
    const found = findingsAfter(resources => {
      resources.Thumbnail = {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: { 'Fn::GetAtt': [roleId, 'Arn'] } },
      };
      resources.Pictures = {
        Type: 'AWS::S3::Bucket',
        Properties: {
          NotificationConfiguration: {
            LambdaConfigurations: [
              {
                Event: 's3:ObjectCreated:Put',
                Filter: { S3Key: { Rules: [{ Name: 'suffix', Value: '.png' }] } },
                Function: { 'Fn::GetAtt': ['Thumbnail', 'Arn'] },
              },
            ],
          },
        },
      };
      allow(resources, { Action: 's3:PutObject', Resource: objectsOf('Pictures', 'thumbnails/*') });
    });

    expect(found).toEqual([finding('s3:PutObject', `arn:aws:s3:::\${Pictures}/*.png`)]);
  });

  it('finds a function that may send to its own queue', () => {
    const found = findingsAfter(resources =>
      allow(resources, { Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [queueId, 'Arn'] } }),
    );

    expect(found).toEqual([
      finding(
        'sqs:SendMessage',
        `arn:aws:sqs:\${AWS::Region}:\${AWS::AccountId}:file-uploads-direct-uploads`,
      ),
    ]);
  });

  it('finds a function that may publish to the topic that it hears everything of', () => {
    const found = findingsAfter(resources =>
      allow(resources, { Action: 'sns:Publish', Resource: { Ref: topicId } }, fannedOutPolicyId),
    );

    expect(found).toEqual([
      finding(
        'sns:Publish',
        `arn:aws:sns:\${AWS::Region}:\${AWS::AccountId}:\${${topicId}}`,
        fannedOutPolicyId,
        fannedOutRoleId,
      ),
    ]);
  });

  it('takes a filter to keep out what its consumer publishes', () => {
    const found = findingsAfter(resources => {
      allow(resources, { Action: 'sns:Publish', Resource: { Ref: topicId } }, fannedOutPolicyId);
      const subscription = resources[idOf('FannedOutUploadsOf', 'AWS::SNS::Subscription')];
      Object.assign(subscription?.Properties ?? {}, { FilterPolicy: { eventType: ['order_placed'] } });
    });

    expect(found).toEqual([]);
  });

  it.each<[string, Omit<Statement, 'Effect'>]>([
    ['the results', { Action: 's3:PutObject', Resource: objectsOf(bucketId, 'results/more/*') }],
    [
      'the bucket of the others',
      { Action: 's3:PutObject', Resource: objectsOf(fannedOutBucketId, 'incoming/*') },
    ],
    ['another queue', { Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['DirectUploadsDlq', 'Arn'] } }],
    [
      'tags of what it listens to',
      { Action: 's3:PutObjectTagging', Resource: objectsOf(bucketId, 'incoming/*') },
    ],
  ])('does not mind a consumer that may write to %s', (_case, statement) => {
    expect(findingsAfter(resources => allow(resources, statement))).toEqual([]);
  });

  it('does not mind a denial', () => {
    const denied = { Effect: 'Deny', Action: 's3:PutObject', Resource: objectsOf(bucketId, '*') };

    expect(findingsAfter(resources => addStatement(resources, denied))).toEqual([]);
  });
});
