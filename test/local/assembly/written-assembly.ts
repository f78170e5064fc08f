import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface WrittenStack {
  readonly name: string;
  readonly template: object | string;
  /** `us-east-1`. @default - the stack names no region */
  readonly region?: string;
  readonly dependencies?: readonly string[];
  /** Files of a packaged folder, by object key, then by name. */
  readonly assets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files that an image is built from, by its tag, then by name. */
  readonly images?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Version of the format that the installed library reads. */
const VERSION = '36.0.0';

/** A cloud assembly written by hand, in a folder of its own. */
export class WrittenAssembly {
  readonly directory: string;

  constructor(...stacks: readonly WrittenStack[]) {
    this.directory = mkdtempSync(join(tmpdir(), 'assembly-'));
    const artifacts: Record<string, object> = {};
    for (const stack of stacks) {
      Object.assign(artifacts, this.#artifacts(stack));
    }
    this.write('manifest.json', { version: VERSION, artifacts });
  }

  write(file: string, content: object | string): void {
    writeFileSync(
      join(this.directory, file),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #artifacts({
    name,
    template,
    region,
    dependencies = [],
    assets = {},
    images = {},
  }: WrittenStack): Record<string, object> {
    const logicalIds = typeof template === 'object' && 'Resources' in template ? template.Resources : {};
    this.write(`${name}.template.json`, template);
    this.write(`${name}.assets.json`, {
      version: VERSION,
      files: this.#files(assets),
      dockerImages: this.#images(images),
    });
    return {
      [`${name}.assets`]: { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } },
      [name]: {
        type: 'aws:cloudformation:stack',
        environment: `aws://unknown-account/${region ?? 'unknown-region'}`,
        properties: { templateFile: `${name}.template.json` },
        dependencies: [`${name}.assets`, ...dependencies],
        displayName: name,
        metadata: Object.fromEntries(
          Object.keys(logicalIds as object).map(id => [
            `/${name}/${id}/Resource`,
            [{ type: 'aws:cdk:logicalId', data: id }],
          ]),
        ),
      },
    };
  }

  #files(assets: NonNullable<WrittenStack['assets']>): object {
    return Object.fromEntries(
      Object.entries(assets).map(([objectKey, files]) => {
        const path = this.#folder(objectKey.replace(/\.zip$/, ''), files);
        const destinations = { here: { bucketName: 'assets', objectKey } };
        return [objectKey, { source: { path, packaging: 'zip' }, destinations }];
      }),
    );
  }

  #images(images: NonNullable<WrittenStack['images']>): object {
    return Object.fromEntries(
      Object.entries(images).map(([imageTag, files]) => {
        const directory = this.#folder(imageTag, files);
        const destinations = { here: { repositoryName: 'images', imageTag } };
        return [imageTag, { source: { directory }, destinations }];
      }),
    );
  }

  #folder(name: string, files: Readonly<Record<string, string>>): string {
    const path = `asset.${name}`;
    mkdirSync(join(this.directory, path));
    for (const [file, content] of Object.entries(files)) this.write(join(path, file), content);
    return path;
  }
}
