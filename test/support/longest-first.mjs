import TestSequencer from '@jest/test-sequencer';

/** Files that take longer than all others: whoever starts last waits for them alone. */
const longest = [
  'test/e2e/scenarios.test.ts',
  'test/e2e/redriver.test.ts',
  'test/lib/validation/validations.test.ts',
  'test/bin/app.test.ts',
];

/** Starts the longest test files first. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = longest.findIndex(file => path.replaceAll('\\', '/').endsWith(file));
      return place === -1 ? longest.length : place;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
