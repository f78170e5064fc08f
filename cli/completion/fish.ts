import { type CommandNode, nodesOf, type OptionNode } from './command-tree.ts';

/** Completion for fish 3 and later, with what each command and option does. */
export function fishCompletion(root: CommandNode): string {
  const nodes = nodesOf(root);
  const below = nodes.filter(node => node !== root).map(({ path }) => quoted(path));
  return `# fish completion of ${root.name}
function __${root.name}_at
    set -l at ${root.name}
    for word in (commandline -opc)[2..]
        switch "$at $word"
            case ${below.join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
${nodes.flatMap(node => linesOf(root.name, node)).join('\n')}
`;
}

const valueArguments: Readonly<Record<OptionNode['takes'], string>> = {
  nothing: '',
  value: ' -x',
  file: ' -r -F',
};

function linesOf(program: string, { path, children, options }: CommandNode): readonly string[] {
  const here = `complete -c ${program} -n ${quoted(`__${program}_at "${path}"`)}`;
  return [
    ...children.map(({ name, summary }) => `${here} -f -a ${name} -d ${quoted(summary)}`),
    ...options.map(
      ({ flag, description, takes }) =>
        `${here} -l ${flag.slice(2)}${valueArguments[takes]} -d ${quoted(description)}`,
    ),
  ];
}

/** In fish's single quotes, a backslash escapes itself and the quote. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
