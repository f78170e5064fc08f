import { proveDeliveries } from '../../../../lib/validation/delivery/delivery-proof.ts';
import { proofTable } from '../../../../lib/validation/delivery/proof-table.ts';
import { everyDeliveryAfter } from '../../../support/delivery/every-delivery.ts';

it('has a row for each delivery, that anyone can read in a pull request', () => {
  const table = proofTable('dev', proveDeliveries(everyDeliveryAfter()));
  expect(table.split('\n').slice(0, 8)).toEqual([
    '## Delivery proof (dev)',
    '',
    'Deliveries: 23. Stacks: 1. Verdict: all pass, alone, and over TLS only.',
    '',
    '### all',
    '',
    '| From | To | How | Passes | Alone | Over TLS only |',
    '| --- | --- | --- | --- | --- | --- |',
  ]);
  expect(table).toContain('| `Events` | `Tasks` | SNS subscription (sqs) | yes | yes | yes |');
});

it('says what is wrong where it is, and below what mends it', () => {
  const stacks = everyDeliveryAfter(resources => {
    delete resources.TasksPolicy;
    Object.assign(resources.ToHandler?.Properties ?? {}, { Endpoint: { 'Fn::ImportValue': 'theirs' } });
  });
  const table = proofTable('dev', proveDeliveries(stacks));
  expect(table).toContain(
    '| `Events` | `Tasks` | SNS subscription (sqs) | **blocked** | yes | **plaintext** |',
  );
  expect(table).toContain(
    '| `Events` | `the import theirs` | SNS subscription (lambda) | **unseen** | **unseen** | **unseen** |',
  );
  expect(table).toMatch(/- \*\*blocked\*\* all\/Events → all\/Tasks: .* Add to the policy of all\/Tasks: \{/);
  expect(table).toMatch(/Verdict: \d+ findings\./);
});
