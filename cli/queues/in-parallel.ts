/** Requests on their way at a time: quick, and far from what makes SQS or SNS throttle. */
const concurrency = 8;

/** Answers for each item, in their order, several being asked for at a time. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const next = items.entries();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      // All share one iterator: each takes the next that nobody has taken.
      for (const [index, item] of next) results[index] = await ask(item);
    }),
  );
  return results;
}
