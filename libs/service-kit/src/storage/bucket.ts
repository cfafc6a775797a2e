import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { S3Driver } from 'flydrive/drivers/s3';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteSpan, ListedFile, Place } from './place';

/** A bucket of S3, or of a server that speaks its protocol. */
export interface BucketOptions {
  bucket: string;
  region: string;
  /** Without one, Amazon's of the region. */
  endpoint?: string;
  /** Without them, what the machine is given (environment, role, file). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** Files in a bucket. What flydrive offers is used; uploads that can be stopped, parts, listing and removing go beyond it. */
export class Bucket implements Place {
  private readonly client: S3Client;
  private readonly driver: S3Driver;

  constructor(private readonly options: BucketOptions) {
    const { bucket, region, endpoint, credentials } = options;
    this.client = new S3Client({
      region,
      ...(endpoint && { endpoint, forcePathStyle: true }),
      ...(credentials && { credentials }),
      // Servers other than Amazon's do not all know the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    this.driver = new S3Driver({ client: this.client, bucket, visibility: 'private', supportsACL: false });
  }

  /** Not by flydrive, which cannot be stopped: a file of hundreds of megabytes takes its time. */
  async moveIn(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const { size } = await fs.promises.stat(file);
    const contents = fs.createReadStream(file);
    try {
      const object = { Bucket: this.options.bucket, Key: key, Body: contents, ContentLength: size };
      await new Promise<unknown>((resolve, reject) => {
        contents.once('error', reject);
        this.client.send(new PutObjectCommand(object), { abortSignal: signal }).then(resolve, reject);
      });
    } finally {
      contents.destroy();
    }
    await fs.promises.rm(file);
  }

  /** The protocol wants the length first, so it goes through a file. */
  async putStream(key: string, contents: Readable): Promise<void> {
    const folder = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'upload-'));
    try {
      const file = path.join(folder, 'contents');
      await pipeline(contents, fs.createWriteStream(file));
      await this.moveIn(key, file);
    } finally {
      await fs.promises.rm(folder, { recursive: true, force: true });
    }
  }

  async copy(from: string, to: string): Promise<void> {
    await this.driver.copy(from, to);
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return (await this.driver.getMetaData(key)).contentLength;
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return undefined;
      throw error;
    }
  }

  read(key: string, span?: ByteSpan): Readable {
    return Readable.from(this.pieces(key, span), { objectMode: false });
  }

  async removeAll(prefix: string): Promise<void> {
    const isFolder = prefix.endsWith('/');
    if (!isFolder) await this.driver.delete(prefix);
    // With the slash: "gen_1" is not the beginning of "gen_10".
    for await (const { Contents: contents = [] } of this.pages(isFolder ? prefix : `${prefix}/`)) {
      if (contents.length === 0) continue;
      const { Errors: errors = [] } = await this.client.send(
        new DeleteObjectsCommand({
          Bucket: this.options.bucket,
          Delete: { Objects: contents.map(({ Key }) => ({ Key })), Quiet: true },
        }),
      );
      if (errors[0]) throw new Error(`${errors.length} files could not be removed: ${errors[0].Code}`);
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    for await (const { CommonPrefixes: folders = [] } of this.pages(prefix, '/')) {
      for (const { Prefix: name } of folders) yield name!.slice(prefix.length, -1);
    }
  }

  async *files(prefix: string): AsyncIterable<ListedFile> {
    for await (const { Contents: contents = [] } of this.pages(prefix)) {
      for (const { Key, LastModified } of contents) yield { key: Key!, modifiedAt: LastModified! };
    }
  }

  private async *pieces(key: string, span?: ByteSpan): AsyncGenerator<Uint8Array> {
    const stopping = new AbortController();
    const range = span && `bytes=${span.start}-${span.end}`;
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({ Bucket: this.options.bucket, Key: key, Range: range }),
        { abortSignal: stopping.signal },
      );
      yield* Body as Readable;
    } finally {
      stopping.abort();
    }
  }

  private async *pages(prefix: string, delimiter?: string): AsyncGenerator<ListObjectsV2CommandOutput> {
    let next: string | undefined;
    do {
      const page: ListObjectsV2CommandOutput = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.options.bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          ContinuationToken: next,
        }),
      );
      yield page;
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next);
  }
}
