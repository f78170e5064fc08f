import type { EdgeVerdict } from './delivery-proof.ts';
import type { DeliveryFinding, FindingKind } from './edge.ts';

const columns: readonly { readonly title: string; readonly kind: FindingKind }[] = [
  { title: 'Passes', kind: 'blocked' },
  { title: 'Alone', kind: 'open' },
  { title: 'Over TLS only', kind: 'plaintext' },
];

/**
 * The deliveries of each stack and what is proven of them, in Markdown: a table a stack, then the findings
 * with what mends them.
 *
 * @param verdicts as they are found, all stacks together.
 */
export function proofTable(stage: string, verdicts: readonly EdgeVerdict[]): string {
  const stacks = [...new Set(verdicts.map(({ edge }) => edge.by.stackName))];
  const sections = stacks.map(stack =>
    section(
      stack,
      verdicts.filter(({ edge }) => edge.by.stackName === stack),
    ),
  );
  const findings = verdicts.flatMap(verdict => verdict.findings);
  const found = findings.length === 0 ? 'all pass, alone, and over TLS only' : `${findings.length} findings`;
  const assumed = verdicts.filter(({ edge }) => edge.assumes !== undefined).length;
  const others = assumed === 0 ? '' : ` Left to other accounts: ${assumed}.`;
  const summary = `Deliveries: ${verdicts.length}. Stacks: ${stacks.length}. Verdict: ${found}.${others}`;
  return [`## Delivery proof (${stage})`, summary, ...sections].join('\n\n');
}

function section(stack: string, verdicts: readonly EdgeVerdict[]): string {
  const findings = verdicts.flatMap(verdict => verdict.findings);
  const assumptions = verdicts.flatMap(({ name, edge: { assumes } }) =>
    assumes === undefined ? [] : [`- **assumed** ${name}: ${assumes}.`],
  );
  const header = ['From', 'To', 'How', ...columns.map(({ title }) => title)];
  const within = (path: string) => inCode(path.startsWith(`${stack}/`) ? path.slice(stack.length + 1) : path);
  const rows = verdicts.map(verdict => [
    within(verdict.edge.from),
    within(verdict.edge.to),
    verdict.edge.kind,
    ...columns.map(({ kind }) =>
      verdict.edge.assumes !== undefined && verdict.findings.length === 0
        ? 'assumed'
        : cell(verdict.findings, kind),
    ),
  ]);
  return [
    `### ${stack}`,
    [header, header.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n'),
    ...(assumptions.length > 0 ? [assumptions.join('\n')] : []),
    ...(findings.length > 0 ? [findings.map(listed).join('\n')] : []),
  ].join('\n\n');
}

/** What cannot be seen is not proven in any column. */
function cell(findings: readonly DeliveryFinding[], kind: FindingKind): string {
  const own = findings.filter(finding => finding.kind === kind);
  if (own.length > 0) return `**${kind}**`;
  return findings.some(finding => finding.kind === 'unseen') ? '**unseen**' : 'yes';
}

function listed({ kind, edge, problem, fix }: DeliveryFinding): string {
  return `- **${kind}** ${edge}: ${problem} ${fix}`;
}

function inCode(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
