// Starts a program, as the leader of a group of processes, and ends all of them when whoever started this does,
// even if that was killed. What the program left behind as a daemon, a last command ends.
import { spawn, spawnSync } from 'node:child_process';

const [last, command, ...parameters] = process.argv.slice(2);
const child = spawn(command, parameters, { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });

function end(signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

process.on('SIGTERM', () => end('SIGKILL'));
process.once('disconnect', () => end('SIGKILL'));
child.once('error', error => {
  console.error(error.message);
  process.exit(1);
});
// The first of the group may be a script that is gone before the server is: files and ports are free after the last.
child.once('exit', code => {
  const leave = setInterval(() => {
    try {
      process.kill(-child.pid, 0);
    } catch {
      clearInterval(leave);
      const [program, ...options] = JSON.parse(last);
      if (program) spawnSync(program, options);
      process.exit(code ?? 0);
    }
  }, 10);
});
