import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  type AssetManifestArtifact,
  CloudAssembly,
  type CloudFormationStackArtifact,
} from 'aws-cdk-lib/cx-api';
import { AssemblyError } from './assembly-error.ts';
import type { StackTemplate, Template } from './template.ts';

/** Region of a stack that names none. */
export const DEFAULT_REGION = 'us-east-1';
/** The only account that there is on the local cloud. */
export const ACCOUNT_ID = '000000000000';

/**
 * Reads the stacks of a synthesized app, in the order in which they are deployed.
 *
 * Stacks of nested stages come with the others.
 *
 * @throws AssemblyError where the folder is no cloud assembly or one of its templates cannot be read.
 */
export function readAssembly(directory: string): readonly StackTemplate[] {
  const assembly = opened(directory);
  return assembly.stacksRecursively.map(stack => ({
    name: stack.stackName,
    displayName: stack.hierarchicalId,
    region: stack.environment.region === 'unknown-region' ? DEFAULT_REGION : stack.environment.region,
    template: templateOf(stack),
    dependencies: stack.dependencies.filter(isStack).map(dependency => dependency.stackName),
    paths: constructPaths(stack),
    assets: assetsOf(stack),
  }));
}

function opened(directory: string): CloudAssembly {
  try {
    return new CloudAssembly(directory);
  } catch (fault) {
    throw new AssemblyError(
      `${directory} is not a readable cloud assembly (${messageOf(fault)}). Synthesize it with \`npx cdk synth\`.`,
    );
  }
}

function templateOf(stack: CloudFormationStackArtifact): Template {
  let template: Partial<Template> | undefined;
  try {
    template = stack.template as Partial<Template>;
  } catch (fault) {
    throw new AssemblyError(
      `The template of stack ${stack.stackName} (${stack.templateFile}) cannot be read: ${messageOf(fault)}. ` +
        'Synthesize it again with `npx cdk synth`.',
    );
  }
  if (typeof template !== 'object' || template === null || typeof template.Resources !== 'object') {
    throw new AssemblyError(
      `The template of stack ${stack.stackName} (${stack.templateFile}) has no Resources section. ` +
        'Synthesize it again with `npx cdk synth`.',
    );
  }
  return {
    Resources: template.Resources,
    Parameters: template.Parameters ?? {},
    Conditions: template.Conditions ?? {},
    Mappings: template.Mappings ?? {},
    Outputs: template.Outputs ?? {},
  };
}

function constructPaths(stack: CloudFormationStackArtifact): Record<string, string> {
  const paths: Record<string, string> = {};
  for (const [path, entries] of Object.entries(stack.metadata)) {
    for (const entry of entries) {
      if (entry.type === 'aws:cdk:logicalId') {
        paths[String(entry.data)] = path.replace(/^\//, '');
      }
    }
  }
  return paths;
}

function assetsOf(stack: CloudFormationStackArtifact): Record<string, string> {
  const assets: Record<string, string> = {};
  const absolute = (path: string) => (isAbsolute(path) ? path : join(stack.assembly.directory, path));
  for (const dependency of stack.dependencies.filter(isAssetManifest)) {
    const { files, images } = packagedIn(dependency.file);
    for (const { source, destinations } of files) {
      for (const { objectKey } of Object.values(destinations)) assets[objectKey] = absolute(source.path);
    }
    for (const { source, destinations } of images) {
      for (const { imageTag } of Object.values(destinations)) assets[imageTag] = absolute(source.directory);
    }
  }
  return assets;
}

interface FileAsset {
  readonly source: { readonly path: string };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

interface ImageAsset {
  /** The folder of its Dockerfile. */
  readonly source: { readonly directory: string };
  readonly destinations: Readonly<Record<string, { readonly imageTag: string }>>;
}

function packagedIn(manifestFile: string): {
  readonly files: readonly FileAsset[];
  readonly images: readonly ImageAsset[];
} {
  try {
    const { files = {}, dockerImages = {} } = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
      files?: Record<string, FileAsset>;
      dockerImages?: Record<string, ImageAsset>;
    };
    // Code that CDK makes by running a command has no path; nothing here is packaged so.
    return {
      files: Object.values(files).filter(({ source }) => source.path !== undefined),
      images: Object.values(dockerImages).filter(({ source }) => source.directory !== undefined),
    };
  } catch (fault) {
    throw new AssemblyError(
      `The asset manifest ${manifestFile} cannot be read: ${messageOf(fault)}. Synthesize again with \`npx cdk synth\`.`,
    );
  }
}

function isStack(artifact: object): artifact is CloudFormationStackArtifact {
  return 'stackName' in artifact;
}

function isAssetManifest(artifact: object): artifact is AssetManifestArtifact {
  return 'file' in artifact && !('stackName' in artifact);
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
