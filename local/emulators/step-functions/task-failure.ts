/** Fails a task under a name that retriers and catchers know it by. */
export class TaskFailure extends Error {
  override readonly name: string;

  /** @param cause what tells a person more; it is kept with the execution. */
  constructor(name: string, cause = '') {
    super(cause);
    this.name = name;
  }
}
