/** A command as a page has it: its words, without what a shell does around it. */
export interface ShellCommand {
  readonly text: string;
  readonly words: readonly string[];
}

/** The commands in a page's shell blocks, those of a pipe or a list one by one. */
export function shellCommandsIn(page: string): ShellCommand[] {
  const blocks = [...page.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap(block => block.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .flatMap(line => commandsOf(line))
    .filter(({ words }) => words.length > 0);
}

/** Words of a line, in quotes or not; a comment ends it, and `&&`, `|`, `;` end a command. */
function commandsOf(line: string): ShellCommand[] {
  const commands: string[][] = [[]];
  for (const [word] of line.matchAll(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\$\([^)]*\)|[^\s'"])+/g)) {
    if (word.startsWith('#')) break;
    if (/^(?:&&|\|\|?|;)$/.test(word)) commands.push([]);
    else commands.at(-1)?.push(unquoted(word));
  }
  return commands.map(words => ({ text: words.join(' '), words }));
}

/** A day stands for what a shell would put in its place. */
function unquoted(word: string): string {
  return word
    .replace(/\$\(date [^)]*\)/, '2026-11-01')
    .replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"/g, (_, single, double) => single ?? double);
}
