/** How long it is remembered that something was done about a post: longer than any message of it can live. */
const rememberedForDays = 120;

/** When what is recorded at a moment may be forgotten, in seconds since 1970. */
export function forgottenAt(now: number): number {
  return Math.floor(now / 1_000) + rememberedForDays * 86_400;
}
