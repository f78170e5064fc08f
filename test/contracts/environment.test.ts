import * as v from 'valibot';
import { EnvironmentError, parseEnvironment, required } from '../../contracts/environment.ts';
import { paymentEnvironment, placeOrderEnvironment } from '../../contracts/order-processing.ts';

const schema = v.object({ TABLE_NAME: required, LOG_LEVEL: v.picklist(['INFO', 'DEBUG']) });

describe('parseEnvironment', () => {
  it('gives the variables of the schema and no others', () => {
    expect(parseEnvironment(schema, { TABLE_NAME: 't', LOG_LEVEL: 'INFO', PATH: '/bin' })).toEqual({
      TABLE_NAME: 't',
      LOG_LEVEL: 'INFO',
    });
  });

  it('fails with every variable that is missing, empty or wrong, and its value', () => {
    const parse = () => parseEnvironment(schema, { TABLE_NAME: '', LOG_LEVEL: 'LOUD' });

    expect(parse).toThrow(EnvironmentError);
    expect(parse).toThrow(/TABLE_NAME is "" .*LOG_LEVEL is "LOUD" .*"INFO" \| "DEBUG".*deploy it again/);
    expect(() => parseEnvironment(schema, { LOG_LEVEL: 'INFO' })).toThrow(/TABLE_NAME is not set/);
  });
});

describe('environments of order-processing', () => {
  it('let the simulated gateway fail for nobody unless told to', () => {
    const variables = { LOG_LEVEL: 'INFO', TABLE_NAME: 't', CARD_TOKEN_KEY_ARN: 'arn' };
    expect(parseEnvironment(paymentEnvironment, variables)).toEqual({
      ...variables,
      SIMULATED_GATEWAY_FAILS: '',
    });
  });

  it('refuse a payment gateway that is no URL', () => {
    expect(() =>
      parseEnvironment(paymentEnvironment, {
        LOG_LEVEL: 'INFO',
        TABLE_NAME: 't',
        PAYMENT_GATEWAY_URL: 'gateway',
      }),
    ).toThrow(/PAYMENT_GATEWAY_URL is "gateway"/);
  });

  it('name all that place-order needs', () => {
    expect(() => parseEnvironment(placeOrderEnvironment, {})).toThrow(
      /LOG_LEVEL .*TOPIC_ARN .*IDEMPOTENCY_TABLE /,
    );
  });
});
