import { join } from 'node:path';

/** Where the user keeps the state of programs, and this project's in it; undefined where there is no such place. */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env.HOME ?? env.USERPROFILE;
  const state = env.XDG_STATE_HOME ?? (home && join(home, '.local', 'state'));
  return state && join(state, 'messaging-on-aws');
}
