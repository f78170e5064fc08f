import { estimate } from '../../cli/cost/estimate.ts';
import { prices, templatesOf } from '../cli/cost/templates-of-a-system.ts';
import { textOfPage } from '../support/pages.ts';

const page = textOfPage('docs/cost.md');

const standing = (stage: 'dev' | 'prod') =>
  new Map(
    templatesOf(stage).map(template => [
      template.name,
      estimate({ template, profile: undefined, unitsPerDay: 0, prices }).standing.toFixed(0),
    ]),
  );
const [dev, prod] = [standing('dev'), standing('prod')];

it('docs/cost.md says what each system costs that stands still, and names no other', () => {
  const rows = [...page.matchAll(/^\| \[([\w-]+)\]\([^)]*\) \| (\d+) \| (\d+) \|$/gm)].map(
    ([, name, ofDev, ofProd]) => [name, ofDev, ofProd],
  );

  expect(rows).toEqual([...dev.keys()].sort().map(name => [name, dev.get(name), prod.get(name)]));
});

it('docs/cost.md names the day of the price table', () => {
  expect(page).toContain(`List prices of us-east-1 as of ${prices.read}`);
});
