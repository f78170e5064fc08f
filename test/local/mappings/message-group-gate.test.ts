import { MessageGroupGate } from '../../../local/mappings/message-group-gate.ts';

const tick = () => new Promise<void>(resolve => setImmediate(resolve));

describe('MessageGroupGate', () => {
  it('lets batches of different groups in together', async () => {
    const gate = new MessageGroupGate();

    await gate.enter(['a']);

    await expect(gate.enter(['b'])).resolves.toBeInstanceOf(Function);
  });

  it('keeps a batch out until every one of its groups is free, in order of arrival', async () => {
    const gate = new MessageGroupGate();
    const order: string[] = [];
    const leaveFirst = await gate.enter(['a']);
    const enter = async (name: string, groups: string[]) => {
      const leave = await gate.enter(groups);
      order.push(name);
      return leave;
    };
    const second = enter('second', ['a', 'b']);
    const third = enter('third', ['b']);

    await tick();
    expect(order).toEqual([]);
    leaveFirst();
    const leaveSecond = await second;
    await tick();
    expect(order).toEqual(['second']);
    leaveSecond();
    await third;

    expect(order).toEqual(['second', 'third']);
  });

  it('admits everyone to no group', async () => {
    const gate = new MessageGroupGate();

    const entered = await Promise.all([gate.enter([]), gate.enter([])]);

    expect(entered).toHaveLength(2);
  });
});
