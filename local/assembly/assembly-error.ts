/** A cloud assembly that the local cloud cannot read or does not understand; the message is for the person at the terminal. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}

/** Where in a template something stands, for errors: stack, section or logical id, and the way from there. */
export class TemplateLocation {
  readonly stackName: string;
  readonly logicalId: string;
  readonly path: readonly (string | number)[];

  constructor(stackName: string, logicalId: string, path: readonly (string | number)[] = []) {
    this.stackName = stackName;
    this.logicalId = logicalId;
    this.path = path;
  }

  child(step: string | number): TemplateLocation {
    return new TemplateLocation(this.stackName, this.logicalId, [...this.path, step]);
  }

  toString(): string {
    const path = this.path.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    return `stack ${this.stackName}, ${this.logicalId}${path}`;
  }

  error(fault: string): AssemblyError {
    return new AssemblyError(`${this}: ${fault}`);
  }
}
