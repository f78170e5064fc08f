/** Where the command speaks to a person. */
export interface Terminal {
  /** Whether there is a person to ask. */
  readonly interactive: boolean;
  /** A line, or several. */
  say(text: string): void;
  /** A line that the next one replaces. */
  progress(text: string): void;
  /** @returns false for anything but a yes, and when the signal aborts. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** @returns what was typed; nothing when the input or the signal ended it. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Text that the next one replaces, of several lines; where there is no screen, one after the other. */
  repaint(text: string): void;
}
