import { deliveryPolicyOf } from '../../../../local/emulators/sns/delivery-policy.ts';

/** The pauses in seconds of AWS, as far as none is cut. */
function pauses(policy: object | undefined, ofTopic?: object): number[] {
  const { pausesMs } = deliveryPolicyOf(policy && JSON.stringify(policy), ofTopic && JSON.stringify(ofTopic));
  return pausesMs.map(milliseconds => Math.round(milliseconds * 0.06 * 10) / 10);
}

describe('a delivery policy', () => {
  it('is three retries, 20 seconds apart, where nobody says another', () => {
    expect(pauses(undefined)).toEqual([20, 20, 20]);
    expect(deliveryPolicyOf(undefined, undefined).contentType).toBe('text/plain; charset=UTF-8');
  });

  it('goes through its phases: at once, at the shortest pause, growing, at the longest', () => {
    const healthyRetryPolicy = {
      numRetries: 8,
      numNoDelayRetries: 1,
      numMinDelayRetries: 2,
      numMaxDelayRetries: 2,
      minDelayTarget: 2,
      maxDelayTarget: 16,
      backoffFunction: 'EXPONENTIAL',
    };
    expect(pauses({ healthyRetryPolicy })).toEqual([0, 2, 2, 4, 8, 16, 16, 16]);
  });

  it.each([
    ['linear', [4.5, 8, 11.5, 15]],
    ['arithmetic', [1.9, 4.5, 8.9, 15]],
    ['exponential', [2, 3.9, 7.6, 15]],
  ])('grows in the manner of its function: %s', (backoffFunction, expected) => {
    const healthyRetryPolicy = { numRetries: 4, minDelayTarget: 1, maxDelayTarget: 15, backoffFunction };
    expect(pauses({ healthyRetryPolicy })).toEqual(expected);
  });

  it('waits half a second at the most', () => {
    const { pausesMs } = deliveryPolicyOf(
      JSON.stringify({ healthyRetryPolicy: { numRetries: 1, minDelayTarget: 3_600, maxDelayTarget: 3_600 } }),
      undefined,
    );
    expect(pausesMs).toEqual([500]);
  });

  it("is the topic's where the subscription has none", () => {
    const ofTopic = {
      http: { defaultHealthyRetryPolicy: { numRetries: 1, minDelayTarget: 5, maxDelayTarget: 5 } },
    };
    expect(pauses(undefined, ofTopic)).toEqual([5]);
    expect(pauses({ healthyRetryPolicy: { numRetries: 0 } }, ofTopic)).toEqual([]);
  });
});
