import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LocalCloud, LocalFleet, LocalStack } from '../cloud.ts';
import { LogQuery } from './log-query.ts';
import type { LogEntry, RunningSystem } from './scenario.ts';

/** The systems of a local cloud, for scenarios: keeps what their functions log. */
export class RunningSystems {
  readonly #cloud: LocalCloud;
  readonly #log: LogEntry[] = [];
  readonly #dynamodb: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #sns: SNSClient;
  readonly #s3: S3Client;
  readonly #stepFunctions: SFNClient;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
    const settings = {
      endpoint: cloud.endpoint,
      region: cloud.stacks[0]?.region ?? 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    };
    this.#dynamodb = new DynamoDBClient(settings);
    this.#sqs = new SQSClient(settings);
    this.#sns = new SNSClient(settings);
    this.#s3 = new S3Client(settings);
    this.#stepFunctions = new SFNClient(settings);
    cloud.events.on('log', ({ functionName, json }) => {
      if (json?.outcome !== undefined) this.#log.push({ functionName, fields: json });
    });
  }

  of(stack: LocalStack): RunningSystem {
    const { outbox } = this.#cloud;
    // Functions and workers are named after their stacks.
    const logOf = (system: string) =>
      this.#log.filter(({ functionName }) => functionName.startsWith(`${system}-`));
    const configurationSets = stack.resources
      .filter(({ type }) => type === 'AWS::SES::ConfigurationSet')
      .map(({ ref }) => ref);
    return {
      name: stack.name,
      endpoint: this.#cloud.endpoint,
      output: name => outputOf(stack, name),
      sqs: this.#sqs,
      sns: this.#sns,
      s3: this.#s3,
      stepFunctions: this.#stepFunctions,
      dynamodb: DynamoDBDocumentClient.from(this.#dynamodb),
      get log() {
        return logOf(stack.name);
      },
      logOf,
      logQuery: stack.savedQueries.map(text => new LogQuery(text))[0],
      // SES is the account's: what another system sent is in the same outbox.
      get outbox() {
        return outbox.filter(({ configurationSet = '' }) => configurationSets.includes(configurationSet));
      },
      workersOf: fleetName => this.#fleet(fleetName).pids,
      killWorker: (fleetName, pid) => this.#fleet(fleetName).kill(pid),
      alarmState: path => this.#alarmState(path),
      updateEnvironment: (path, variables) => this.#cloud.updateEnvironment(path, variables),
    };
  }

  close(): void {
    for (const client of [this.#dynamodb, this.#sqs, this.#sns, this.#s3, this.#stepFunctions])
      client.destroy();
  }

  #fleet(name: string): LocalFleet {
    const fleet = this.#cloud.fleets.find(({ spec }) => spec.fleetName === name);
    if (!fleet) {
      const names = this.#cloud.fleets.map(({ spec }) => spec.fleetName).join(', ');
      throw new Error(`No fleet ${name} runs here; there are: ${names || 'none'}`);
    }
    return fleet;
  }

  #alarmState(path: string): string {
    const alarm = this.#cloud.alarms().find(({ path: found }) => found === path);
    if (!alarm) throw new Error(`No alarm ${path} runs here`);
    return alarm.state;
  }
}

function outputOf({ name: stackName, outputs, unresolvedOutputs }: LocalStack, name: string): string {
  const value = outputs[name];
  if (value !== undefined) return value;
  throw new Error(
    `Stack ${stackName} has no output ${name}${unresolvedOutputs[name] ? ` (${unresolvedOutputs[name]})` : ''}`,
  );
}
