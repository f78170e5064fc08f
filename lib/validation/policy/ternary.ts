/** What is known of a statement about a policy; what cannot be known is never taken for either answer. */
export type Ternary = 'yes' | 'no' | 'unknown';

export function ternary(value: boolean): Ternary {
  return value ? 'yes' : 'no';
}

export function not(value: Ternary): Ternary {
  if (value === 'unknown') return 'unknown';
  return value === 'yes' ? 'no' : 'yes';
}

/** `no` as soon as one is: what the others are does not matter then. */
export function every<T>(values: Iterable<T>, test: (value: T) => Ternary): Ternary {
  let result: Ternary = 'yes';
  for (const value of values) {
    const answer = test(value);
    if (answer === 'no') return 'no';
    if (answer === 'unknown') result = 'unknown';
  }
  return result;
}

/** `yes` as soon as one is: what the others are does not matter then. */
export function some<T>(values: Iterable<T>, test: (value: T) => Ternary): Ternary {
  let result: Ternary = 'no';
  for (const value of values) {
    const answer = test(value);
    if (answer === 'yes') return 'yes';
    if (answer === 'unknown') result = 'unknown';
  }
  return result;
}
