import { z } from 'zod';
import { Storage } from './storage';

/** What every service reads that keeps files or shows them. */
export const storageConfig = {
  storageDir: z
    .string()
    .describe('folder of files, shared by the services of one machine; with `S3_BUCKET`, only of those in the making'),
  s3Bucket: z.string().optional().describe('bucket of files, for services on more than one machine'),
  s3Region: z.string().default('us-east-1').describe('its region'),
  s3Endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('server that speaks the protocol of S3; without it, Amazon’s'),
  s3AccessKeyId: z.string().optional().describe('who this is to it; without one, what the machine is given'),
  s3SecretAccessKey: z.string().optional().describe('what proves it; secret'),
};
type StorageConfig = z.infer<z.ZodObject<typeof storageConfig>>;

/** Where the configuration says that files lie. What speaks to a bucket is large, and loaded only for one. */
export function storageOf(config: StorageConfig): Storage {
  const { storageDir, s3Bucket: bucket, s3Region: region, s3Endpoint: endpoint } = config;
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  if (bucket === undefined) return new Storage(storageDir);
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it for everybody.
  const { Bucket } = require('./bucket') as typeof import('./bucket');
  return new Storage(new Bucket({ bucket, region, endpoint, credentials }));
}
