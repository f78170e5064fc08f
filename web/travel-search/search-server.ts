import { hostname } from 'node:os';
import * as v from 'valibot';
import type { ApplicationServerEnvironment } from '../../contracts/application-server.ts';
import { replyRetentionSeconds } from '../../contracts/replies.ts';
import { type SearchAnswer, searchAnswer } from '../../contracts/travel.ts';
import {
  maxSearchBodyBytes,
  searchesPath,
  type searchServerEnvironment,
} from '../../contracts/travel-search.ts';
import type { ApplicationServer } from '../shared/application-process.ts';
import { HttpServer } from '../shared/http-server.ts';
import type { Log } from '../shared/log.ts';
import type { ServerMetrics } from '../shared/metrics.ts';
import { PendingReplies } from '../shared/replies/pending-replies.ts';
import { ReplyInbox } from '../shared/replies/reply-inbox.ts';
import { SqsReplyQueues } from '../shared/replies/sqs-reply-queue.ts';
import { documentClient, KeptAnswers } from './answers.ts';
import { SqsRequestQueue } from './request-queue.ts';
import { SearchDesk } from './search-desk.ts';
import { searchRequests } from './search-requests.ts';

export type SearchServerEnvironment = ApplicationServerEnvironment &
  v.InferOutput<typeof searchServerEnvironment>;

/** A server that did not hear of its reply queue for so long gets no further requests. */
const silentForMs = 60_000;

const reply = v.pipe(v.string(), v.parseJson(undefined, 'expected JSON'), searchAnswer);

/** The application server of travel-search: takes searches over HTTP and answers them with the workers' help. */
export class SearchServer implements ApplicationServer {
  readonly #environment: SearchServerEnvironment;
  readonly #http: HttpServer;
  readonly #inbox: ReplyInbox<SearchAnswer>;
  readonly #pending: PendingReplies<SearchAnswer>;
  readonly #close: () => void;

  constructor(environment: SearchServerEnvironment, log: Log, metrics: ServerMetrics) {
    this.#environment = environment;
    const { AWS_REGION: region } = environment;
    const queues = new SqsReplyQueues({
      region,
      urlPrefix: environment.REPLY_QUEUE_URL_PREFIX,
      arnPrefix: environment.REPLY_QUEUE_ARN_PREFIX,
      ownerRoleArn: environment.OWN_ROLE_ARN,
      replierRoleArn: environment.REPLIER_ROLE_ARN,
      owner: hostname(),
      tags: environment.REPLY_QUEUE_TAGS,
    });
    const requests = new SqsRequestQueue({ region, url: environment.REQUEST_QUEUE_URL });
    const documents = documentClient(region);
    this.#pending = new PendingReplies({ rememberForMs: replyRetentionSeconds * 1_000 });
    this.#inbox = new ReplyInbox({
      queues,
      pending: this.#pending,
      read: body => v.parse(reply, body),
      signOfLifeMs: environment.SIGN_OF_LIFE_SECONDS * 1_000,
      log,
      metrics,
    });
    const desk = new SearchDesk({
      requests,
      pending: this.#pending,
      replyUrl: () => this.#inbox.url,
      answers: new KeptAnswers(documents, environment.ANSWERS_TABLE),
      maxSearches: environment.MAX_SEARCHES,
      log,
      metrics,
    });
    this.#http = new HttpServer({
      posts: { [searchesPath]: searchRequests(desk) },
      maxBodyBytes: maxSearchBodyBytes,
      unfit: () => (this.#inbox.silentMs > silentForMs ? 'no_word_of_the_reply_queue' : undefined),
      log,
    });
    this.#close = () => {
      queues.close();
      requests.close();
      documents.destroy();
    };
  }

  /** The reply queue is there before the first request is taken. */
  async start(): Promise<string> {
    await this.#inbox.open();
    try {
      return await this.#http.listen(this.#environment.HOST, this.#environment.PORT);
    } catch (error) {
      await this.#inbox.close();
      throw error;
    }
  }

  /** Replies are taken until the last search in hand is answered; then the reply queue is deleted. */
  async stop(withinMs: number): Promise<void> {
    await this.#http.stop(withinMs);
    this.#pending.giveUpAll();
    await this.#inbox.close();
    this.#close();
  }
}
