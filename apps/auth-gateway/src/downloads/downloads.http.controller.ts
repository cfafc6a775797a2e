import { AppError } from '@musicgen/error-codes';
import {
  downloadRoute,
  getProvenance,
  getProvenanceRoute,
  listArtefacts,
  listProvenanceKeys,
  provenanceKeysRoute,
  type ResponseOf,
} from '@musicgen/platform-contracts';
import { RpcClient, Storage } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { sendBytes } from '../http/send-file';
import { archiveOf, type Entry } from './archive';

type Listed = ResponseOf<typeof listArtefacts>;

const keysMaxAgeS = 600;

@Controller()
export class DownloadsHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
  ) {}

  @Route(getProvenanceRoute)
  provenance({ call, params }: Input<typeof getProvenanceRoute>) {
    return this.rpc.call(getProvenance, params, call);
  }

  @Route(provenanceKeysRoute)
  async keys({ call, reply }: Input<typeof provenanceKeysRoute>) {
    const keys = await this.rpc.call(listProvenanceKeys, {}, call);
    reply.header('cache-control', `public, max-age=${keysMaxAgeS}`);
    return keys;
  }

  @Route(downloadRoute)
  async download({ call, params, request, reply }: Input<typeof downloadRoute>) {
    const listed = await this.rpc.call(listArtefacts, params, call);
    const entries = this.entriesOf(listed);
    const archive = await archiveOf(entries, new Date(listed.created_at));
    const sendable = {
      ...archive,
      etag: etagOf(listed),
      contentType: 'application/zip',
      filename: `${listed.name}.zip`,
    };
    if (await sendBytes(sendable, request, reply, () => this.isAllThere(listed))) return;
    // It was deleted a moment ago, and its service says so when it is asked again; or the storage has lost a file.
    await this.rpc.call(listArtefacts, params, call);
    throw new AppError('INTERNAL_ERROR', { cause: new Error(`a file of ${params.id} is not in the storage`) });
  }

  /** In a folder of their own, so that a ZIP that is opened spills nothing. */
  private entriesOf({ name, files, provenance }: Listed): Entry[] {
    const sidecar = Buffer.from(`${JSON.stringify(provenance, null, 2)}\n`);
    return [
      ...files.map(({ filename, bytes, key }) => ({
        name: `${name}/${filename}`,
        bytes,
        open: () => this.storage.read(key),
      })),
      { name: `${name}/provenance.json`, bytes: sidecar.length, open: () => Readable.from([sidecar]) },
    ];
  }

  private async isAllThere({ files }: Listed): Promise<boolean> {
    const sizes = await Promise.all(files.map(({ key }) => this.storage.size(key).catch(() => undefined)));
    return files.every(({ bytes }, index) => sizes[index] === bytes);
  }
}

/** Of all that the archive is made of. */
const etagOf = ({ name, created_at: createdAt, files, provenance }: Listed) => {
  const parts = [name, createdAt, provenance.jws, ...files.flatMap(({ filename, sha256 }) => [filename, sha256])];
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}"`;
};
