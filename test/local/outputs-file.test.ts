import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalStack } from '../../local/cloud.ts';
import { writeOutputsFile } from '../../local/outputs-file.ts';

const stack: LocalStack = {
  name: 'orders',
  region: 'us-east-1',
  outputs: { QueueUrl: 'http://127.0.0.1:4566/000000000000/orders' },
  unresolvedOutputs: {},
  savedQueries: [],
  resources: [],
};

describe('writeOutputsFile', () => {
  it("has the shape of the CDK CLI's outputs file", () => {
    const directory = mkdtempSync(join(tmpdir(), 'outputs-'));
    const file = join(directory, 'outputs.json');

    writeOutputsFile(file, [stack]);

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      orders: { QueueUrl: 'http://127.0.0.1:4566/000000000000/orders' },
    });
    rmSync(directory, { recursive: true });
  });

  it('fails with the file and what to do when it cannot be written', () => {
    const file = join(tmpdir(), 'no-such-directory', 'outputs.json');

    expect(() => writeOutputsFile(file, [stack])).toThrow(/no-such-directory.*Give another --write-outputs/s);
  });
});
