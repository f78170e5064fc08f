import { type CommandNode, nodesOf, type OptionNode } from './command-tree.ts';

/** Completion for zsh, with what each command and option does. */
export function zshCompletion(root: CommandNode): string {
  const nodes = nodesOf(root);
  const below = nodes.filter(node => node !== root).map(({ path }) => `'${path}'`);
  const cases = nodes.map(
    ({ path, children, options }) => `    '${path}')
      commands=(${children.map(({ name, summary }) => described(name, summary)).join(' ')})
      options=(${options.map(({ flag, description }) => described(flag, description)).join(' ')})
      ;;`,
  );
  const flagsThatTake = (kind: OptionNode['takes']) =>
    [
      ...new Set(
        nodes.flatMap(({ options }) => options.filter(({ takes }) => takes === kind).map(({ flag }) => flag)),
      ),
    ].join('|');
  return `#compdef ${root.name}
_${root.name}() {
  local at=${root.name} word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${below.join('|')}) at="$at $word" ;;
    esac
  done
  case "\${words[CURRENT-1]}" in
    (${flagsThatTake('file')}) _files; return ;;
    (${flagsThatTake('value')}) _message 'value'; return ;;
  esac
  case "$at" in
${cases.join('\n')}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe -o option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
# In a folder of $fpath it is called; sourced, it is registered.
if [[ "\${funcstack[1]}" == "_${root.name}" ]]; then
  _${root.name} "$@"
else
  compdef _${root.name} ${root.name}
fi
`;
}

/** `name:description`, in which a colon is escaped. */
function described(name: string, description: string): string {
  return quoted(`${name}:${description.replaceAll(':', '\\:')}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
