import type { App } from 'aws-cdk-lib';
import { stageConfigFrom } from '../lib/config/stage.ts';
import { ContainerWorkersStack } from '../lib/stacks/container-workers-stack.ts';
import { FileUploadsStack } from '../lib/stacks/file-uploads-stack.ts';
import { MemeFactoryStack } from '../lib/stacks/meme-factory-stack.ts';
import { OrderProcessingStack } from '../lib/stacks/order-processing-stack.ts';
import { PrivateMessagingStack } from '../lib/stacks/private-messaging-stack.ts';
import { TravelSearchStack } from '../lib/stacks/travel-search-stack.ts';
import { VideoProcessingStack } from '../lib/stacks/video-processing-stack.ts';

/** Adds every system to the app, in the stage that its context names. */
export function addSystems(app: App): void {
  const config = stageConfigFrom(name => app.node.tryGetContext(name));

  new ContainerWorkersStack(app, 'container-workers', { config });
  new FileUploadsStack(app, 'file-uploads', { config });
  new MemeFactoryStack(app, 'meme-factory', { config });
  new OrderProcessingStack(app, 'order-processing', { config });
  new PrivateMessagingStack(app, 'private-messaging', { config });
  new TravelSearchStack(app, 'travel-search', { config });
  new VideoProcessingStack(app, 'video-processing', { config });
}
