/** What the boot script of an instance does to start its worker. */
export interface BootedWorker {
  /** Key of the bundle among the assets. */
  readonly objectKey: string;
  /** What Node.js is started with: flags, and the program in the bundle. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const bundle = /'s3:\/\/[^/']+\/([^']+)' (\S+)\/bundle\.zip$/m;
const start = /^ExecStart=\S*node\S* (.+)$/m;
const environmentFile = /^cat > \/etc\/worker\/environment <<'END'\n([\s\S]*?)\nEND$/m;

/**
 * Reads a boot script: the bundle that it fetches, the command of its systemd unit, and the environment
 * file that it writes.
 *
 * @returns undefined for a script that starts no worker.
 */
export function readBootScript(script: string): BootedWorker | undefined {
  const [, objectKey, folder] = bundle.exec(script) ?? [];
  const [, command] = start.exec(script) ?? [];
  const [, environment] = environmentFile.exec(script) ?? [];
  if (objectKey === undefined || command === undefined || environment === undefined) return undefined;
  return {
    objectKey,
    command: command.split(' ').map(word => word.replace(`${folder}/`, '')),
    variables: Object.fromEntries(environment.split('\n').flatMap(variableIn)),
  };
}

/**
 * A line of an environment file, as systemd reads it: the value between double quotes, in which a
 * backslash stands before what would mean something else.
 */
function variableIn(line: string): [string, string][] {
  const [, name, quoted] = /^([A-Z][A-Z0-9_]*)="(.*)"$/.exec(line) ?? [];
  return name === undefined || quoted === undefined ? [] : [[name, quoted.replace(/\\(.)/g, '$1')]];
}
