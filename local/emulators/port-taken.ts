/** Another program listens where the local cloud would. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(port: number, what: string, option: string) {
    super(
      `Port ${port} on 127.0.0.1 is taken, and the ${what} needs it. ` +
        `Stop the program that listens there, or choose another port with ${option}.`,
    );
  }
}

/** Turns the operating system's "address in use" into {@link PortTakenError}. */
export function explainPortFault(fault: unknown, port: number, what: string, option: string): unknown {
  const { code } = fault as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? new PortTakenError(port, what, option) : fault;
}
