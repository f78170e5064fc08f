import { Command } from 'commander';
import type { CommandContext, ExitCode } from '../command/command-context.ts';
import type { Invocation } from '../command/invocation.ts';
import { runProgram } from '../command/run-program.ts';
import { arn } from './commands/arn.ts';
import { attributes } from './commands/attributes.ts';
import { completion } from './commands/completion.ts';
import { create } from './commands/create.ts';
import { deleteMessage } from './commands/delete.ts';
import { deleteQueue } from './commands/delete-queue.ts';
import { depth } from './commands/depth.ts';
import { dlqExport } from './commands/dlq/export.ts';
import { dlqImport } from './commands/dlq/import.ts';
import { dlqInspect } from './commands/dlq/inspect.ts';
import { dlqList } from './commands/dlq/list.ts';
import { dlqRedrive } from './commands/dlq/redrive.ts';
import { list } from './commands/list.ts';
import { peek } from './commands/peek.ts';
import { purge } from './commands/purge.ts';
import { receive } from './commands/receive.ts';
import { send } from './commands/send.ts';
import { url } from './commands/url.ts';

const ofQueues = [create, list, url, arn, attributes, depth, purge, deleteQueue];
const ofMessages = [send, receive, peek, deleteMessage];
const ofDeadLetterQueues = [dlqList, dlqInspect, dlqRedrive, dlqExport, dlqImport];

/** The queue tool, put together for one invocation. */
export function queueProgram(invocation: Invocation): Command {
  const program = new Command('queue')
    .description(
      'Queues, DLQs and redrive, on AWS or on the local cloud (--local).\n' +
        'A queue is given by its name, as system/role (order-processing/payment, order-processing/payment/dlq), ' +
        'as the output of a stack (order-processing/PaymentDlqUrl), or by its URL or ARN.',
    )
    .helpCommand(false)
    .addHelpText('after', helpText);
  const dlq = new Command('dlq')
    .summary('look into DLQs, bring messages back, keep them in files')
    .description('Look into DLQs, bring messages back, keep them in files.')
    .helpCommand(false)
    .addHelpText('after', dlqHelpText);
  for (const define of ofDeadLetterQueues) dlq.addCommand(define(invocation));

  program.commandsGroup('Queues:');
  for (const define of ofQueues) program.addCommand(define(invocation));
  program.commandsGroup('Messages:');
  for (const define of ofMessages) program.addCommand(define(invocation));
  program.commandsGroup('Dead letters:');
  program.addCommand(dlq);
  program.commandsGroup('Shell:');
  program.addCommand(completion(invocation, () => program));
  return program;
}

/** Runs the queue tool and tells how the process is to end. */
export function runQueue(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  return runProgram(queueProgram, args, context);
}

const helpText = `
Examples:
  queue depth order-processing/payment --watch --local
  queue send orders '{"order_id":"7"}' --attribute eventType=order_placed --local
  queue dlq inspect order-processing/payment
  queue dlq redrive order-processing/payment --dry-run

Run it as \`npm run queue -- …\` or \`npx queue …\`. Every command has --help.
Exit codes: 0 done, 1 something failed or was stopped, 2 the command line is wrong.`;

const dlqHelpText = `
Examples:
  queue dlq list --waiting
  queue dlq inspect order-processing/payment
  queue dlq redrive order-processing/payment --rate 10

Exit codes: 0 done, 1 something failed or was stopped, 2 the command line is wrong.`;
