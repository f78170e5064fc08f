import { type CommandNode, nodesOf } from './command-tree.ts';

/** Completion for bash 3.2 and later. */
export function bashCompletion(root: CommandNode): string {
  const nodes = nodesOf(root);
  const below = nodes.filter(node => node !== root).map(({ path }) => `"${path}"`);
  const cases = nodes.map(({ path, children, options }) => {
    const words = [...children.map(({ name }) => name), ...options.map(({ flag }) => flag)];
    return `    "${path}") candidates="${words.join(' ')}" ;;`;
  });
  const flagsThatTake = (kind: 'file' | 'value') =>
    [
      ...new Set(
        nodes.flatMap(({ options }) => options.filter(({ takes }) => takes === kind).map(({ flag }) => flag)),
      ),
    ].join('|');
  return `# bash completion of ${root.name}
_${root.name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at="${root.name}" candidates="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${below.join('|')}) at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${flagsThatTake('file')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${flagsThatTake('value')}) COMPREPLY=(); return ;;
  esac
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _${root.name} ${root.name}
`;
}
