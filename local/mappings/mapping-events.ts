interface MappingEvent {
  readonly functionName: string;
  readonly queueArn: string;
}

/** Messages were received and are about to be handed to the function. */
export interface BatchReceived extends MappingEvent {
  readonly messageIds: readonly string[];
}

/** An invocation with messages ended and its successes are deleted. */
export interface BatchOutcome extends MappingEvent {
  readonly result: 'success' | 'partial' | 'failure';
  readonly succeeded: number;
  readonly failed: number;
  /** Messages that stay on the queue and reappear after its visibility timeout. */
  readonly failedMessageIds: readonly string[];
  /** Why messages failed, when it was not the function that named them. */
  readonly reason?: string;
}

/** Messages that no filter pattern names: deleted without an invocation, as Lambda does. */
export interface MessagesFiltered extends MappingEvent {
  readonly messageIds: readonly string[];
}

/** Something outside the function went wrong; the mapping goes on. */
export interface MappingFault extends MappingEvent {
  readonly operation: 'receive' | 'delete' | 'invoke';
  readonly error: unknown;
  /** What becomes of it, for people. */
  readonly consequence: string;
}

/** Events of an event source mapping by name. */
export interface MappingEvents {
  readonly received: [BatchReceived];
  readonly outcome: [BatchOutcome];
  readonly filtered: [MessagesFiltered];
  readonly fault: [MappingFault];
}
