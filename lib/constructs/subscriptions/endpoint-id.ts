import { createHash } from 'node:crypto';

/**
 * Id of a subscription that is one of a list: the same for the same endpoint wherever in the list it stands, so
 * that taking another one out changes nothing for it.
 *
 * @param kind what the id begins with: `Email`.
 */
export function endpointId(kind: string, endpoint: string): string {
  return kind + createHash('sha256').update(endpoint).digest('hex').slice(0, 8);
}
