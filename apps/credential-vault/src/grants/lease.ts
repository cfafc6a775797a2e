/** By the database's clock: the one that all replicas share. Longer than a platform may take to answer. */
export const leased = `clock_timestamp() + interval '12 seconds'`;

/** Nobody is at it, or whoever was is gone. */
export const isFree = '(locked_until IS NULL OR locked_until < clock_timestamp())';
