import { randomUUID } from 'node:crypto';
import type { AwsError } from './aws-error.ts';

/** A request in one of the two protocols that messaging speaks. */
export interface WireRequest {
  /** `AmazonSQS.SendMessage` in the JSON protocol, `Publish` in the query protocol. */
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Region that the caller signed for. */
  readonly region: string;
  /** Whether the caller has hung up by now. */
  isGone(): boolean;
}

/** Answers one action: an object in the JSON protocol, the XML of the result in the query protocol. */
export type WireAction = (request: WireRequest) => Promise<object | string> | object | string;

/** What goes back over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/x-amz-json-1.0';

export function jsonAnswer(result: unknown): WireAnswer {
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(result) };
}

/** @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html for the header that gives old error codes */
export function jsonError(error: AwsError, namespace: string): WireAnswer {
  return {
    status: error.status,
    headers: {
      'content-type': JSON_TYPE,
      'x-amzn-errortype': error.code,
      'x-amzn-query-error': `${error.code};Sender`,
    },
    body: JSON.stringify({ __type: `${namespace}#${error.code}`, message: error.message, ...error.members }),
  };
}

const SNS_NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

export function queryAnswer(action: string, resultXml: string): WireAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body:
      `<${action}Response xmlns="${SNS_NAMESPACE}"><${action}Result>${resultXml}</${action}Result>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
  };
}

export function queryError(error: AwsError): WireAnswer {
  return {
    status: error.status,
    headers: { 'content-type': 'text/xml' },
    body:
      `<ErrorResponse xmlns="${SNS_NAMESPACE}"><Error><Type>Sender</Type><Code>${error.code}</Code>` +
      `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  };
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
