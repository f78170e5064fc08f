import type { CfnTable } from 'aws-cdk-lib/aws-glue';

/**
 * Fields of a recorded call, as Athena reads them: those that CloudTrail nests in ways that depend on the call
 * are JSON.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-understanding.html
 */
export const recordedColumns: readonly CfnTable.ColumnProperty[] = [
  { name: 'eventversion', type: 'string' },
  {
    name: 'useridentity',
    type: struct({
      type: 'string',
      principalid: 'string',
      arn: 'string',
      accountid: 'string',
      invokedby: 'string',
      accesskeyid: 'string',
      username: 'string',
      onbehalfof: struct({ userid: 'string', identitystorearn: 'string' }),
      sessioncontext: struct({
        attributes: struct({ mfaauthenticated: 'string', creationdate: 'string' }),
        sessionissuer: struct({
          type: 'string',
          principalid: 'string',
          arn: 'string',
          accountid: 'string',
          username: 'string',
        }),
      }),
    }),
  },
  { name: 'eventtime', type: 'string' },
  { name: 'eventsource', type: 'string' },
  { name: 'eventname', type: 'string' },
  { name: 'awsregion', type: 'string' },
  { name: 'sourceipaddress', type: 'string' },
  { name: 'useragent', type: 'string' },
  { name: 'errorcode', type: 'string' },
  { name: 'errormessage', type: 'string' },
  { name: 'requestparameters', type: 'string' },
  { name: 'responseelements', type: 'string' },
  { name: 'additionaleventdata', type: 'string' },
  { name: 'requestid', type: 'string' },
  { name: 'eventid', type: 'string' },
  { name: 'readonly', type: 'string' },
  { name: 'resources', type: `array<${struct({ arn: 'string', accountid: 'string', type: 'string' })}>` },
  { name: 'eventtype', type: 'string' },
  { name: 'apiversion', type: 'string' },
  { name: 'recipientaccountid', type: 'string' },
  { name: 'serviceeventdetails', type: 'string' },
  { name: 'sharedeventid', type: 'string' },
  { name: 'vpcendpointid', type: 'string' },
];

/** What parts the table: the folders that CloudTrail files calls under, from the account on. */
export const partitions: readonly CfnTable.ColumnProperty[] = [
  { name: 'account', type: 'string' },
  { name: 'region', type: 'string' },
  { name: 'day', type: 'string' },
];

/** Day as it is a folder, in the words of projections and of queries. */
export const dayFormat = { projected: 'yyyy/MM/dd', queried: '%Y/%m/%d' } as const;

function struct(fields: Readonly<Record<string, string>>): string {
  return `struct<${Object.entries(fields)
    .map(([name, type]) => `${name}:${type}`)
    .join(',')}>`;
}
