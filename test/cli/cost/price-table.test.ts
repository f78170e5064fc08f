import { parsePriceTable, priceOf, readPriceTable } from '../../../cli/cost/prices/price-table.ts';
import { prices } from './templates-of-a-system.ts';

const price = {
  service: 'SQS',
  what: 'requests',
  dollars: 0.4,
  per: 1_000_000,
  unit: 'requests',
  source: 'https://aws.amazon.com/sqs/pricing/',
};

function table(entry: object, freeTier: object = {}): object {
  return { region: 'eu-west-1', read: '2026-11-26', prices: { sqs: entry }, freeTier };
}

it('says of every price where it is from, and on which day it was read', () => {
  expect(prices.read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  const elsewhere = Object.values(prices.prices).filter(
    ({ source }) => !source.startsWith('https://aws.amazon.com/'),
  );
  expect(elsewhere).toEqual([]);
});

it('takes a price that says what confirms it, or why nothing does', () => {
  expect(() => parsePriceTable(table({ ...price, confirmedBy: 'a page' }), 'x.json')).not.toThrow();
  expect(() => parsePriceTable(table({ ...price, unverified: 'no page' }), 'x.json')).not.toThrow();
});

it.each([
  ['neither confirmed nor marked as unverified', table(price), /either confirmedBy.*or unverified/],
  ['below nothing', table({ ...price, unverified: 'x', dollars: -1 }), /prices\.sqs\.dollars/],
  ['without a source', table({ ...price, unverified: 'x', source: 'hearsay' }), /prices\.sqs\.source/],
  [
    'whose free tier names another',
    table({ ...price, unverified: 'x' }, { sns: { quantity: 1, prices: ['sns'] } }),
    /free tier names a price/,
  ],
])('fails when a price is %s', (_, document, message) => {
  expect(() => parsePriceTable(document, 'x.json')).toThrow(message);
});

it('fails for a region without prices, and names those that there are', () => {
  expect(() => readPriceTable('eu-central-1')).toThrow(
    /no prices of eu-central-1: there are those of us-east-1/,
  );
});

it('fails for a price that is missing, and says where it belongs', () => {
  expect(() => priceOf(prices, 'ec2-x9.huge')).toThrow(/none named ec2-x9\.huge.*us-east-1\.json/);
});
