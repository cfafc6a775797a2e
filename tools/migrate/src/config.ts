import { z } from 'zod';

const secrets = {
  secretsDir: z.string().describe('folder of all secrets; those that it lacks are made'),
  databaseName: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be lower-case letters, digits and underscores')
    .default('musicgen')
    .describe('the database, made if it is not there'),
  adminDatabaseUrl: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('Postgres, as a superuser; without a password, `postgres.password` of the secrets is taken; secret'),
};

/** What the init step reads. */
export const initConfig = {
  ...secrets,
  natsUrl: z.url({ protocol: /^nats$/ }).describe('nats-server, for example `nats://127.0.0.1:4222`'),
  natsReplicas: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('nats-servers that keep a copy of each event'),
  adminEmail: z.email().optional().describe('the first administrator, made if there is none'),
  adminPassword: z.string().optional().describe('of the first administrator; secret'),
};

/** What `secrets` reads. */
export const handOutConfig = {
  ...secrets,
  handoutDir: z.string().describe('where each program finds its own secrets, in a folder of its own'),
};
