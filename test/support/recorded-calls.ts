/** A call as CloudTrail records it, with everything that is in all of them. */
export function recordedCall(
  service: string,
  name: string,
  requestParameters: Readonly<Record<string, unknown>> | null = null,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:jane',
      arn: 'arn:aws:sts::111122223333:assumed-role/Operator/jane',
      accountId: '111122223333',
    },
    eventTime: '2026-03-14T15:09:26Z',
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.27.0',
    requestParameters,
    responseElements: null,
    eventID: '3fcfb182-98f8-4744-bd45-10aexample',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...more,
  };
}

/** What of a call tells that a stack made it. */
export const byStack = {
  sourceIPAddress: 'cloudformation.amazonaws.com',
  userAgent: 'cloudformation.amazonaws.com',
};

/** What of a call tells that it was refused. */
export const refused = { errorCode: 'AccessDenied', errorMessage: 'no identity-based policy allows it' };

export const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/order-processing-payment-queue';
