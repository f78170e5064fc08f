import { runTasksEnvironment } from '../../contracts/delayed-tasks.ts';
import { parseEnvironment } from '../../contracts/environment.ts';
import { dueTasks, taskEvents } from '../../contracts/tasks.ts';
import { documentClient } from '../shared/dynamodb-client.ts';
import { queueConsumer } from '../shared/queue-consumer.ts';
import { snsClient } from '../shared/sns-client.ts';
import { TopicPublisher } from '../shared/topic-publisher.ts';
import { failingTopic } from './failing-topic.ts';
import { taskRunning } from './task-running.ts';
import { taskStore } from './task-store.ts';

const {
  TABLE_NAME: tableName,
  TOPIC_ARN: topicArn,
  FAILING_TASKS: failingTasks,
} = parseEnvironment(runTasksEnvironment, process.env);

const topic = new TopicPublisher({ sns: snsClient(), topicArn, events: taskEvents });

export const handler = queueConsumer({
  selection: dueTasks,
  subjectField: 'task_id',
  handle: taskRunning({
    tasks: taskStore(documentClient(), tableName),
    topic: failingTasks === '' ? topic : failingTopic(topic, failingTasks.split(',')),
  }),
});
