import type { TrafficProfile } from './profile.ts';
import { audit } from './profiles/audit.ts';
import { containerWorkers } from './profiles/container-workers.ts';
import { delayedTasks } from './profiles/delayed-tasks.ts';
import { eventArchive } from './profiles/event-archive.ts';
import { fileUploads } from './profiles/file-uploads.ts';
import { memeFactory } from './profiles/meme-factory.ts';
import { notifications } from './profiles/notifications.ts';
import { orderLedger } from './profiles/order-ledger.ts';
import { orderProcessing } from './profiles/order-processing.ts';
import { orderWorkflow } from './profiles/order-workflow.ts';
import { privateMessaging } from './profiles/private-messaging.ts';
import { serviceEvents } from './profiles/service-events.ts';
import { travelSearch } from './profiles/travel-search.ts';
import { userSignup } from './profiles/user-signup.ts';
import { videoProcessing } from './profiles/video-processing.ts';

/** What the traffic of each system is; one that is not here is estimated as it stands still. */
export const trafficProfiles: Readonly<Record<string, TrafficProfile | undefined>> = {
  audit,
  'container-workers': containerWorkers,
  'delayed-tasks': delayedTasks,
  'event-archive': eventArchive,
  'file-uploads': fileUploads,
  'meme-factory': memeFactory,
  notifications,
  'order-ledger': orderLedger,
  'order-processing': orderProcessing,
  'order-workflow': orderWorkflow,
  'private-messaging': privateMessaging,
  'service-events': serviceEvents,
  'travel-search': travelSearch,
  'user-signup': userSignup,
  'video-processing': videoProcessing,
};
