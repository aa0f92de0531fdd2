/** When a key ends. */
const DAY_MS = 86_400_000;

/** The instant at which a key that is made now and lives this long ends. */
export const endOf = (days: number, now: number) => new Date(now + days * DAY_MS).toISOString();

export const hasEnded = (expires: string, now: number) => Date.parse(expires) <= now;
