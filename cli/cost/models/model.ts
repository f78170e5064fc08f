import type { Charge } from '../charge.ts';
import type { Resource } from '../templates.ts';
import type { MessageFlow } from '../traffic/message-flow.ts';

/** What resources of one type cost in a month, from what their template says and what flows through them. */
export type CostModel = (resource: Resource, flow: MessageFlow) => readonly Charge[];
