import { rmSync } from 'node:fs';
import { jest } from '@jest/globals';
import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import { synthesize } from '../../local/synthesis.ts';

/** On a busy machine a synth takes its time. */
jest.setTimeout(60_000);

describe('synthesize', () => {
  it('makes an assembly that can be read, with bundles inside the project', async () => {
    const directory = await synthesize([]);

    expect(directory).toMatch(/\.local.cdk\.out-\w+$/);
    expect(readAssembly(directory).map(stack => stack.name)).toContain('order-processing');
    rmSync(directory, { recursive: true });
  });

  it('fails with what the app says, without the frames of its stack', async () => {
    const synthesis = synthesize(['stage=nope']);

    await expect(synthesis).rejects.toThrow('stage is "nope"; allowed: dev, prod');
    await expect(synthesis).rejects.not.toThrow(/^\s+at /m);
  });
});
