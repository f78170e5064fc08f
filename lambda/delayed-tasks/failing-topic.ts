import { DependencyDownError } from '../shared/failures.ts';
import type { TaskTopic } from './task-running.ts';

/** A topic that cannot be reached for the tasks of these ids, for demonstrations. */
export function failingTopic(topic: TaskTopic, failingTasks: readonly string[]): TaskTopic {
  return {
    async publish(event) {
      if (failingTasks.includes(event.task_id)) {
        throw new DependencyDownError(
          `Task ${event.task_id} cannot be handed on, as FAILING_TASKS says. ` +
            'Take the task out of that variable, then redrive.',
        );
      }
      await topic.publish(event);
    },
  };
}
