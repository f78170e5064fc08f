import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { WorkerCode, WorkerImage } from '../../../lib/constructs/worker-code.ts';
import { onlyResource } from '../../support/stack-template.ts';
import { testApp } from '../../support/synthesized-app.ts';

/** The program in a bundle, which the unit and the image start. */
const workerProgram = 'main.mjs';

/** A stack whose code is bundled. */
function bundlingStack(): Stack {
  return new Stack(testApp({ 'aws:cdk:bundling-stacks': ['**'] }), 'orders');
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string } }>>;
  readonly dockerImages?: Readonly<
    Record<string, { readonly source: { readonly directory: string; readonly platform?: string } }>
  >;
}

function synthesize(make: (stack: Stack) => void) {
  const stack = bundlingStack();
  make(stack);
  const { directory } = (stack.node.root as ReturnType<typeof testApp>).synth();
  const manifest = JSON.parse(readFileSync(join(directory, 'orders.assets.json'), 'utf8')) as AssetManifest;
  return { stack, directory, manifest };
}

const bundleIn = (directory: string, manifest: AssetManifest) =>
  join(
    directory,
    Object.values(manifest.files)
      .map(({ source }) => source.path)
      .find(path => path.startsWith('asset.')) ?? '',
  );

describe('WorkerCode', () => {
  const { directory, manifest } = synthesize(stack => new WorkerCode(stack, 'Code'));
  const bundle = bundleIn(directory, manifest);

  it('is one program, with all that it needs inside', () => {
    expect(readdirSync(bundle)).toContain(workerProgram);
    const { output, status } = spawnSync(process.execPath, [join(bundle, workerProgram)], {
      encoding: 'utf8',
      env: {},
      cwd: bundle,
    });
    // It loads, and says what it misses: here, its environment.
    expect(status).not.toBe(0);
    expect(output.join('')).toContain('QUEUE_URL is not set');
  });

  it('is known by its content: the same program has the same name', () => {
    const again = synthesize(stack => new WorkerCode(stack, 'OtherCode'));
    expect(Object.keys(again.manifest.files)).toEqual(expect.arrayContaining(assetsOf(manifest)));
  });

  it('lets who is to run it read this one object', () => {
    const stack = bundlingStack();
    const code = new WorkerCode(stack, 'Code');
    code.grantRead(new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toMatchObject({
      Statement: [
        {
          Action: 's3:GetObject',
          Resource: stack.resolve(code.bucket.arnForObjects(code.objectKey)),
        },
      ],
    });
    expect(code.objectKey).toMatch(/^[0-9a-f]{64}\.zip$/);
  });
});

describe('WorkerImage', () => {
  it('is of the same program, for Arm, and is built by nobody here', () => {
    const { directory, manifest } = synthesize(stack => {
      new WorkerCode(stack, 'Code');
      new WorkerImage(stack, 'Image');
    });
    const [image] = Object.values(manifest.dockerImages ?? {});
    expect(image?.source.platform).toBe('linux/arm64');
    const context = join(directory, image?.source.directory ?? '');
    expect(readdirSync(context)).toEqual(expect.arrayContaining(['Dockerfile', workerProgram]));
    const program = readFileSync(join(bundleIn(directory, manifest), workerProgram), 'utf8');
    expect(readFileSync(join(context, workerProgram), 'utf8')).toBe(program);
  });

  it('runs as a user without privileges, and writes to nothing but /tmp', () => {
    const { directory, manifest } = synthesize(stack => new WorkerImage(stack, 'Image'));
    const [image] = Object.values(manifest.dockerImages ?? {});
    const dockerfile = readFileSync(join(directory, image?.source.directory ?? '', 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.match(/^VOLUME .*$/gm)).toEqual(['VOLUME ["/tmp"]']);
    expect(dockerfile).toMatch(/^FROM public\.ecr\.aws\/docker\/library\/node:24-/m);
  });
});

/** Names of the files that the stack itself brings, without its template. */
function assetsOf({ files }: AssetManifest): string[] {
  return Object.entries(files)
    .filter(([, { source }]) => source.path.startsWith('asset.'))
    .map(([id]) => id);
}
