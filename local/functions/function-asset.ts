import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CompleteFunctionSpec, InvalidFunctionSpec } from './function-spec.ts';

/** Where a function's handler is, in its built asset. */
export interface HandlerLocation {
  readonly entry: string;
  readonly exportName: string;
}

/** The order in which Lambda looks for a handler's file. */
const EXTENSIONS = ['js', 'mjs', 'cjs'];

/**
 * Finds the module that a handler string names.
 *
 * @throws InvalidFunctionSpec when the asset holds no such file
 */
export function locateHandler(spec: CompleteFunctionSpec): HandlerLocation {
  const dot = spec.handler.lastIndexOf('.');
  const stem = join(spec.codeDirectory, spec.handler.slice(0, dot));
  const file = EXTENSIONS.map(extension => `${stem}.${extension}`).find(existsSync);
  if (file === undefined) {
    throw new InvalidFunctionSpec(
      spec.functionName,
      'handler',
      spec.handler,
      `a module of the built asset, but none of ${EXTENSIONS.map(each => `${stem}.${each}`).join(', ')} exists`,
    );
  }
  return { entry: pathToFileURL(file).href, exportName: spec.handler.slice(dot + 1) };
}

/** Whether packages that the bundle leaves to the Lambda runtime can be found from its directory upward. */
export function findsRuntimePackages(codeDirectory: string): boolean {
  if (existsSync(join(codeDirectory, 'node_modules', '@aws-sdk'))) return true;
  const parent = dirname(codeDirectory);
  return parent !== codeDirectory && findsRuntimePackages(parent);
}
