import { admissionFaults } from '../support/policy/admission.ts';
import { deliveryEdges } from '../support/policy/delivery-edges.ts';
import { plainHttpFaults } from '../support/policy/plain-http.ts';
import { PolicyWorld } from '../support/policy/policy-world.ts';
import { reachOf } from '../support/policy/reach.ts';
import { synthesizedStacks } from '../support/policy/synthesized-world.ts';

interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Principal?: unknown;
  Resource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

interface Document {
  Statement: Statement[];
}

/** What is changed here, of the properties that resources have. */
interface Properties {
  readonly PolicyDocument: Document;
  readonly KeyPolicy: Document;
  readonly AssumeRolePolicyDocument: Document;
  DeadLetterConfig?: unknown;
  Endpoint?: unknown;
  KmsMasterKeyId?: unknown;
  RedriveAllowPolicy?: unknown;
  SourceArn?: unknown;
}

type Tamper = (properties: Properties, remove: () => void) => void;

const system = 'order-processing';
const stacks = synthesizedStacks('dev');
const intact = new PolicyWorld(stacks);

/** The app as it is, but for what was done to one resource of order-processing. */
function worldWith(path: string, tamper: Tamper): PolicyWorld {
  const { logicalId } = intact.resource(`${system}/${path}`);
  return new PolicyWorld(
    stacks.map(stack => {
      const { [logicalId]: original, ...others } = stack.template.Resources;
      if (stack.name !== system || !original) return stack;
      const properties = structuredClone(original.Properties) as object as Properties;
      let resource: object = { [logicalId]: { ...original, Properties: properties } };
      tamper(properties, () => {
        resource = {};
      });
      return { ...stack, template: { ...stack.template, Resources: { ...others, ...resource } } };
    }),
  );
}

/** The first statement of a policy that is about an action. */
function statementAbout(document: Document, action: string, effect = 'Allow'): Statement {
  const found = document.Statement.find(
    ({ Effect, Action }) => Effect === effect && [Action].flat().includes(action),
  );
  if (!found) throw new Error(`No statement is about ${action}.`);
  return found;
}

function without(document: Document, action: string, effect = 'Allow'): void {
  const statement = statementAbout(document, action, effect);
  document.Statement = document.Statement.filter(other => other !== statement);
}

/** What is wrong with the edges of a name, of which there must be one. */
async function deliveryFaults(world: PolicyWorld, edge: RegExp): Promise<readonly string[]> {
  const edges = deliveryEdges(world).filter(({ name }) => edge.test(name));
  expect(edges).toHaveLength(1);
  const faults = await Promise.all(edges.map(found => found.faults()));
  return faults.flat();
}

interface Breakage {
  readonly how: string;
  readonly edge: RegExp;
  readonly path: string;
  readonly tamper: Tamper;
  readonly finds: RegExp;
}

describe('finds a delivery broken', () => {
  it.each<Breakage>([
    {
      how: 'the queue no longer lets SNS in',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'Payment/Queue/Policy',
      tamper: policy => without(policy.PolicyDocument, 'sqs:SendMessage'),
      finds:
        /^blocked: sns.amazonaws.com for .*OrderPlaced\/Topic: sqs:SendMessage on .*Payment\/Queue is allowed by no policy/,
    },
    {
      how: 'the queue has no policy at all',
      edge: /Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'Payment/Queue/Policy',
      tamper: (_, remove) => remove(),
      finds: /^plaintext: .*sqs:ReceiveMessage on .*Payment\/Queue is allowed by/,
    },
    {
      how: 'the queue lets SNS in for any topic',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'Payment/Queue/Policy',
      tamper: policy => {
        delete statementAbout(policy.PolicyDocument, 'sqs:SendMessage').Condition;
      },
      finds:
        /^open: sns.amazonaws.com for nobody: sqs:SendMessage on .*Payment\/Queue is allowed by statement/,
    },
    {
      how: 'the queue lets SNS in for any topic of any account that has the right name',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'Payment/Queue/Policy',
      tamper: policy => {
        statementAbout(policy.PolicyDocument, 'sqs:SendMessage').Condition = {
          ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:order-processing-*' },
        };
      },
      finds: /^open: sns.amazonaws.com for arn:aws:sns:eu-west-1:999999999999:.*: sqs:SendMessage/,
    },
    {
      how: 'the queue lets everyone in',
      edge: /\/Topic → .*\/Inventory\/Queue$/,
      path: 'Inventory/Queue/Policy',
      tamper: policy => {
        statementAbout(policy.PolicyDocument, 'sqs:SendMessage').Principal = '*';
        delete statementAbout(policy.PolicyDocument, 'sqs:SendMessage').Condition;
      },
      finds: /^open: anybody on the internet: sqs:SendMessage on .*Inventory\/Queue is allowed/,
    },
    {
      how: 'the queue waits for an account that SNS does not send',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'Payment/Queue/Policy',
      tamper: policy => {
        const admission = statementAbout(policy.PolicyDocument, 'sqs:SendMessage');
        const inAccount = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };
        admission.Condition = { ...admission.Condition, StringEquals: inAccount };
      },
      finds: /^blocked: .*StringEquals aws:SourceAccount wants 111122223333, the request has none$/s,
    },
    {
      how: 'the queue takes messages without TLS',
      edge: /\/Topic → .*\/Shipping\/Queue$/,
      path: 'Shipping/Queue/Policy',
      tamper: policy => without(policy.PolicyDocument, 'sqs:*', 'Deny'),
      finds:
        /^plaintext: sns.amazonaws.com for .* over plain HTTP: sqs:SendMessage on .*Shipping\/Queue is allowed/,
    },
    {
      how: 'the DLQ of a subscription does not let SNS in',
      edge: /\/Topic → .*\/Payment\/UndeliveredOrderPlaced$/,
      path: 'Payment/UndeliveredOrderPlaced/Policy',
      tamper: policy => without(policy.PolicyDocument, 'sqs:SendMessage'),
      finds: /^blocked: .*sqs:SendMessage on .*Payment\/UndeliveredOrderPlaced/,
    },
    {
      how: 'the key of the queues does not let SNS in',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'QueueKey',
      tamper: key => without(key.KeyPolicy, 'kms:Decrypt'),
      finds: /^blocked: sns.amazonaws.com for .*: kms:GenerateDataKey on order-processing\/QueueKey/,
    },
    {
      how: 'the key of the queues lets SNS decrypt, but not encrypt',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'QueueKey',
      tamper: key => {
        statementAbout(key.KeyPolicy, 'kms:Decrypt').Action = 'kms:Decrypt';
      },
      finds: /^blocked: .*kms:GenerateDataKey on order-processing\/QueueKey/,
    },
    {
      how: 'the key of the queues lets SNS in for any topic',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'QueueKey',
      tamper: key => {
        delete statementAbout(key.KeyPolicy, 'kms:Decrypt').Condition;
      },
      finds: /^open: sns.amazonaws.com for nobody: kms:Decrypt on order-processing\/QueueKey/,
    },
    {
      how: 'a queue is under a key of AWS',
      edge: /\/Topic → .*\/Payment\/Queue$/,
      path: 'Payment/Queue',
      tamper: queue => {
        queue.KmsMasterKeyId = 'alias/aws/sqs';
      },
      finds: /^unseen: .*the key alias\/aws\/sqs is not in this app/,
    },
    {
      how: 'a DLQ admits another queue',
      edge: /\/Payment\/Queue → .*\/Payment\/Dlq$/,
      path: 'Payment/Dlq',
      tamper: queue => {
        queue.RedriveAllowPolicy = {
          redrivePermission: 'byQueue',
          sourceQueueArns: ['arn:aws:sqs:eu-west-1:111122223333:neighbour'],
        };
      },
      finds: /^blocked: order-processing\/Payment\/Dlq is not a DLQ for order-processing\/Payment\/Queue/,
    },
    {
      how: 'a DLQ admits every queue',
      edge: /\/Payment\/Queue → .*\/Payment\/Dlq$/,
      path: 'Payment/Dlq',
      tamper: queue => {
        delete queue.RedriveAllowPolicy;
      },
      finds: /^open: order-processing\/Payment\/Dlq is a DLQ for any queue/,
    },
    {
      how: 'a DLQ admits no queue',
      edge: /\/Payment\/Queue → .*\/Payment\/Dlq$/,
      path: 'Payment/Dlq',
      tamper: queue => {
        queue.RedriveAllowPolicy = { redrivePermission: 'denyAll' };
      },
      finds: /^blocked: order-processing\/Payment\/Dlq is not a DLQ/,
    },
    {
      how: 'a consumer may not delete what it has done',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role/DefaultPolicy',
      tamper: policy => {
        const statement = statementAbout(policy.PolicyDocument, 'sqs:DeleteMessage');
        statement.Action = [statement.Action].flat().filter(action => action !== 'sqs:DeleteMessage');
      },
      finds: /^blocked: order-processing\/PaymentConsumer\/Role: sqs:DeleteMessage on .*Payment\/Queue/,
    },
    {
      how: 'a consumer may not decrypt',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role/DefaultPolicy',
      tamper: policy => without(policy.PolicyDocument, 'kms:Decrypt'),
      finds: /^blocked: order-processing\/PaymentConsumer\/Role: kms:Decrypt on order-processing\/QueueKey/,
    },
    {
      how: 'a consumer may take from any queue',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role/DefaultPolicy',
      tamper: policy => {
        statementAbout(policy.PolicyDocument, 'sqs:ReceiveMessage').Resource = '*';
      },
      finds:
        /^open: order-processing\/PaymentConsumer\/Role: sqs:ReceiveMessage on .*Inventory\/Queue is allowed/,
    },
    {
      how: 'a consumer may do with its queue what it likes',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role/DefaultPolicy',
      tamper: policy => {
        statementAbout(policy.PolicyDocument, 'sqs:ReceiveMessage').Action = 'sqs:*';
      },
      finds: /^open: order-processing\/PaymentConsumer\/Role: sqs:PurgeQueue on .*Payment\/Queue is allowed/,
    },
    {
      how: 'the role of a consumer is not for Lambda',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role',
      tamper: role => {
        const trust = statementAbout(role.AssumeRolePolicyDocument, 'sts:AssumeRole');
        trust.Principal = { Service: 'ec2.amazonaws.com' };
      },
      finds: /^blocked: lambda.amazonaws.com .*sts:AssumeRole on .*PaymentConsumer\/Role/,
    },
    {
      how: 'the role of a consumer is for everyone in the account',
      edge: /\/Payment\/Queue → .*\/PaymentConsumer\/Role$/,
      path: 'PaymentConsumer/Role',
      tamper: role => {
        statementAbout(role.AssumeRolePolicyDocument, 'sts:AssumeRole').Principal = '*';
      },
      finds: /^open: a role of the account without policies: sts:AssumeRole on .*PaymentConsumer\/Role/,
    },
    {
      how: 'the key of the alarms does not let CloudWatch in',
      edge: /\/PaymentMonitoring\/MessageAge → .*\/Alarms\/Topic$/,
      path: 'Alarms/Key',
      tamper: key => without(key.KeyPolicy, 'kms:Decrypt'),
      finds: /^blocked: cloudwatch.amazonaws.com for .*: kms:Decrypt on order-processing\/Alarms\/Key/,
    },
    {
      how: "the alarm topic lets CloudWatch in for the account's other alarms",
      edge: /\/PaymentMonitoring\/MessageAge → .*\/Alarms\/Topic$/,
      path: 'Alarms/Topic/Policy',
      tamper: policy => {
        delete statementAbout(policy.PolicyDocument, 'sns:Publish').Condition?.ArnLike;
      },
      finds: /^open: cloudwatch.amazonaws.com for .*alarm:neighbour: sns:Publish on .*Alarms\/Topic/,
    },
    {
      how: 'any API may invoke place-order',
      edge: /\/POST--orders → .*\/PlaceOrder\/Function$/,
      path: 'Intake/Api/POST--orders/PlaceOrderIntegration-Permission',
      tamper: permission => {
        delete permission.SourceArn;
      },
      finds: /^open: apigateway.amazonaws.com for nobody: lambda:InvokeFunction on .*PlaceOrder\/Function/,
    },
    {
      how: 'the API may not invoke place-order',
      edge: /\/POST--orders → .*\/PlaceOrder\/Function$/,
      path: 'Intake/Api/POST--orders/PlaceOrderIntegration-Permission',
      tamper: (_, remove) => remove(),
      finds: /^blocked: apigateway.amazonaws.com for .*POST--orders: lambda:InvokeFunction/,
    },
  ])('when $how', async ({ edge, path, tamper, finds }) => {
    expect(await deliveryFaults(intact, edge)).toEqual([]);
    const faults = await deliveryFaults(worldWith(path, tamper), edge);
    expect(faults).toContainEqual(expect.stringMatching(finds));
  });
});

describe('does not pass over', () => {
  it('what delivers in a way that it does not know', async () => {
    const world = worldWith('PlaceOrder/Function', fn => {
      fn.DeadLetterConfig = { TargetArn: 'arn:aws:sqs:eu-west-1:111122223333:neighbour' };
    });
    expect(await deliveryFaults(world, /^order-processing\/PlaceOrder\/Function$/)).toEqual([
      expect.stringMatching(
        /^unseen: order-processing\/PlaceOrder\/Function: no finder knows how it delivers/,
      ),
    ]);
  });

  it('what is delivered to somewhere else', async () => {
    const world = worldWith('Payment/OfOrderPlaced', subscription => {
      subscription.Endpoint = 'arn:aws:sqs:eu-west-1:111122223333:neighbour';
    });
    expect(await deliveryFaults(world, /:neighbour$/)).toEqual([
      expect.stringMatching(/^unseen: .*: what it delivers to is not in this app/),
    ]);
  });
});

it('finds a call that a topic takes without TLS', async () => {
  const world = worldWith('Alarms/Topic/Policy', policy =>
    without(policy.PolicyDocument, 'sns:Subscribe', 'Deny'),
  );
  const faults = await plainHttpFaults(world.resource('order-processing/Alarms/Topic'), world);
  expect(faults).toContainEqual(
    expect.stringMatching(
      /^plaintext: an administrator .* over plain HTTP: sns:Subscribe on .*Alarms\/Topic/,
    ),
  );
  expect(faults.join()).not.toContain('sns:Publish');
});

describe('finds a policy on a resource that lets in', () => {
  const admissionsWith = async (statement: Statement) => {
    const world = worldWith('Payment/Dlq/Policy', policy => policy.PolicyDocument.Statement.push(statement));
    return admissionFaults(world.resource('order-processing/Payment/Dlq'), world);
  };
  const admission: Statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };

  it('everyone', async () => {
    const faults = await admissionsWith({ ...admission, Principal: { AWS: '*' } });
    expect(faults).toContainEqual(
      expect.stringMatching(/^open: the policy of .*Dlq is for everyone, on no condition/),
    );
    expect(faults).toContainEqual(expect.stringMatching(/^open: anybody on the internet: sqs:SendMessage/));
  });

  it('another account', async () => {
    const faults = await admissionsWith({ ...admission, Principal: { AWS: '999999999999' } });
    expect(faults).toEqual([
      expect.stringMatching(/^open: an administrator of another account: sqs:SendMessage/),
    ]);
  });

  it('a service, whoever asks it to', async () => {
    const faults = await admissionsWith({ ...admission, Principal: { Service: 's3.amazonaws.com' } });
    expect(faults).toEqual([
      expect.stringMatching(/^open: s3.amazonaws.com for nobody: sqs:SendMessage/),
      expect.stringMatching(/^open: s3.amazonaws.com for arn:aws:s3:.*neighbour: sqs:SendMessage/),
    ]);
  });

  it('everyone, to forbid them everything', async () => {
    const faults = await admissionsWith({ ...admission, Effect: 'Deny', Principal: '*' });
    expect(faults).toEqual([expect.stringMatching(/^open: .* is for everyone, on no condition/)]);
  });
});

describe('finds that a role may do', () => {
  const reachWith = (change: (document: Document) => void) => {
    const world = worldWith('PaymentConsumer/Role/DefaultPolicy', policy => change(policy.PolicyDocument));
    return reachOf(world.resource('order-processing/PaymentConsumer/Role'), world);
  };

  it('one thing more', async () => {
    const reach = await reachWith(document => {
      statementAbout(document, 'dynamodb:GetItem').Action = ['dynamodb:GetItem', 'dynamodb:Scan'];
    });
    expect(reach['order-processing/Payments/Table']).toContain('dynamodb:Scan');
  });

  it('the same with what is not its own', async () => {
    const reach = await reachWith(document => {
      statementAbout(document, 'dynamodb:GetItem').Resource = 'arn:aws:dynamodb:*:*:table/*';
    });
    expect(Object.keys(reach)).toEqual(
      expect.arrayContaining([
        'order-processing/Stock/Table',
        'another resource like order-processing/Payments/Table',
      ]),
    );
  });

  it('what a resource lets it', async () => {
    const role = intact.resource('order-processing/PaymentConsumer/Role');
    const world = worldWith('Inventory/Dlq/Policy', policy =>
      policy.PolicyDocument.Statement.push({
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::GetAtt': [role.logicalId, 'Arn'] } },
        Action: 'sqs:SendMessage',
        Resource: '*',
      }),
    );
    expect(await reachOf(world.resource(role.path), world)).toMatchObject({
      'order-processing/Inventory/Dlq': ['sqs:SendMessage'],
    });
  });

  it('more than can be seen', async () => {
    const byPattern = reachWith(document => {
      statementAbout(document, 'dynamodb:GetItem').Action = 'dynamodb:*Item';
    });
    await expect(byPattern).rejects.toThrow('allows by pattern');
    const elsewhere = reachWith(document => {
      statementAbout(document, 'dynamodb:GetItem').Resource =
        'arn:aws:dynamodb:eu-west-1:999999999999:table/x';
    });
    await expect(elsewhere).rejects.toThrow('allows what is not in this app');
  });
});
