import { AssemblyError } from './assembly/assembly-error.ts';
import { HttpApi, type RequestHandled, type RouteInvoker } from './http-api/http-api.ts';
import type { RouteTarget, Throttling } from './http-api/http-api-spec.ts';

export type HttpIntegration = RouteTarget & { readonly timeoutMs?: number };

export interface HttpStage {
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly throttling?: Throttling;
  /** By route key. */
  readonly routeThrottling: ReadonlyMap<string, Throttling>;
}

interface Draft {
  readonly integrations: Map<string, HttpIntegration>;
  /** Integration of each route key. */
  readonly routes: Map<string, string>;
  readonly stages: HttpStage[];
}

/** The HTTP APIs of the stacks: put together from their resources, each listening on a port of its own. */
export class HttpApis {
  readonly #ports: readonly number[];
  readonly #ids: string[] = [];
  readonly #drafts = new Map<string, Draft>();
  readonly #running: HttpApi[] = [];
  /** Told of every request. */
  onRequest: (request: RequestHandled) => void = () => undefined;

  /** @param ports - for the APIs in the order in which they are first asked for */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Where an API listens, or will. */
  url(apiId: string): string {
    return `http://127.0.0.1:${this.#port(apiId)}`;
  }

  addIntegration(apiId: string, integrationId: string, integration: HttpIntegration): void {
    this.#draft(apiId).integrations.set(integrationId, integration);
  }

  addRoute(apiId: string, routeKey: string, integrationId: string): void {
    this.#draft(apiId).routes.set(routeKey, integrationId);
  }

  addStage(apiId: string, stage: HttpStage): void {
    this.#draft(apiId).stages.push(stage);
  }

  /**
   * Listens for the requests of an API; routes to what does not run are left out.
   *
   * @throws AssemblyError where it has several stages: there is one URL for it here.
   */
  async open(apiId: string, { invoke }: { readonly invoke: RouteInvoker }): Promise<void> {
    const { integrations, routes, stages } = this.#draft(apiId);
    const [stage, ...others] = stages;
    if (others.length > 0) {
      throw new AssemblyError(
        `It has the stages ${stages.map(each => each.stage).join(', ')}; the local cloud serves one an API.`,
      );
    }
    const api = new HttpApi(
      {
        apiId,
        ...(stage === undefined ? {} : { stage: stage.stage, stageVariables: stage.stageVariables }),
        ...(stage?.throttling === undefined ? {} : { throttling: stage.throttling }),
        routes: [...routes].flatMap(([routeKey, integrationId]) => {
          const integration = integrations.get(integrationId);
          const throttling = stage?.routeThrottling.get(routeKey);
          return integration === undefined
            ? []
            : [{ routeKey, ...integration, ...(throttling === undefined ? {} : { throttling }) }];
        }),
      },
      invoke,
    );
    api.events.on('request', request => this.onRequest(request));
    this.#running.push(api);
    await api.listen(this.#port(apiId));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map(api => api.stop()));
  }

  #port(apiId: string): number {
    if (!this.#ids.includes(apiId)) {
      this.#ids.push(apiId);
    }
    return this.#ports[this.#ids.indexOf(apiId)] ?? 0;
  }

  #draft(apiId: string): Draft {
    const draft = this.#drafts.get(apiId) ?? { integrations: new Map(), routes: new Map(), stages: [] };
    this.#drafts.set(apiId, draft);
    return draft;
  }
}
