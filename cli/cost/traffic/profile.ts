/** Events of one kind on a topic. */
export interface Publication {
  readonly topic: string;
  /** How many for each unit of the profile. */
  readonly perUnit: number;
  readonly bytes: number;
  /** What filter policies look at. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Messages that somebody else than a topic sends to a queue. */
export interface Sending {
  readonly queue: string;
  readonly perUnit: number;
  readonly bytes: number;
}

/** What one unit of a system's traffic is, an order or an upload, in what it does to the system's resources. */
export interface TrafficProfile {
  /** What is counted: `order`. */
  readonly unit: string;
  /** In a sentence, what one does. */
  readonly means: string;
  /** Requests to HTTP APIs. */
  readonly requests?: Readonly<Record<string, number>>;
  readonly publications?: readonly Publication[];
  readonly sendings?: readonly Sending[];
  /**
   * Functions: how long a record or request takes them, and how often each is called for a unit where neither a
   * queue nor a topic calls it.
   */
  readonly functions?: Readonly<
    Record<string, { readonly milliseconds: number; readonly callsPerUnit?: number }>
  >;
  /** Queues that programs poll, and by how many of those at a time. */
  readonly pollers?: Readonly<Record<string, number>>;
  /** Units of DynamoDB's capacity; a write in a transaction is two. */
  readonly tables?: Readonly<
    Record<string, { readonly writes: number; readonly reads: number; readonly storedBytes?: number }>
  >;
  readonly buckets?: Readonly<
    Record<string, { readonly puts: number; readonly gets: number; readonly storedBytes?: number }>
  >;
  /** Seconds of an instance or task for each unit, beyond those that always run. */
  readonly fleets?: Readonly<Record<string, number>>;
  /** Requests to keys that functions make themselves. */
  readonly keys?: Readonly<Record<string, number>>;
  readonly secrets?: Readonly<Record<string, number>>;
  /** Invocations by EventBridge Scheduler, by the group of the schedules. */
  readonly schedules?: Readonly<Record<string, number>>;
  /** State transitions of workflows. */
  readonly transitions?: Readonly<Record<string, number>>;
  /** Calls with messages that a trail records. */
  readonly recordedCalls?: Readonly<Record<string, number>>;
  /** Mails sent by way of SES, by the configuration set. */
  readonly mails?: Readonly<Record<string, number>>;
}
