import './compile-cache.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { proveDeliveries } from '../lib/validation/delivery/delivery-proof.ts';
import { proofTable } from '../lib/validation/delivery/proof-table.ts';
import { synthesizedStacks } from '../lib/validation/delivery/synthesized-stacks.ts';
import { addSystems } from './systems.ts';

// Prints the delivery proof of both stages, or of those that are named, and fails when it finds something.
const stages = process.argv.length > 2 ? process.argv.slice(2) : ['dev', 'prod'];
// The findings are printed below, and those of the other engines are not asked for.
process.env.CDK_VALIDATION = 'false';
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

for (const stage of stages) {
  const outdir = mkdtempSync(join(tmpdir(), 'delivery-proof-'));
  try {
    // Templates say the same whether code is bundled or not.
    const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [], stage } });
    addSystems(app);
    const templates = app
      .synth()
      .stacksRecursively.map(({ hierarchicalId, templateFullPath, environment }) => ({
        stackConstructPath: hierarchicalId,
        templatePath: templateFullPath,
        accountId: unlessUnknown(environment.account),
        region: unlessUnknown(environment.region),
      }));
    const verdicts = proveDeliveries(synthesizedStacks(app, templates));
    console.log(`${proofTable(stage, verdicts)}\n`);
    if (verdicts.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function unlessUnknown(value: string): string | undefined {
  return value.startsWith('unknown-') ? undefined : value;
}
