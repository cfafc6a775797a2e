import { AppError } from '@musicgen/error-codes';
import { audioFormats, findArtefact, getFileRoute, type Principal } from '@musicgen/platform-contracts';
import { RpcClient, Storage } from '@musicgen/service-kit';
import { Controller } from '@nestjs/common';
import type { Input } from '../http/input';
import { Route } from '../http/route.decorator';
import { sendFile } from '../http/send-file';
import { RateLimitsService } from '../rate-limits/rate-limits.service';
import { FileLinks, type LinkedFile } from './file-links';

/** Why a link opens nothing is told to nobody. */
const opensNothing = ['NOT_FOUND', 'GENERATION_NOT_READY', 'GONE'];

@Controller()
export class FilesHttpController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly storage: Storage,
    private readonly links: FileLinks,
    private readonly limits: RateLimitsService,
  ) {}

  /** Counts for nobody: players ask for one file in many parts. */
  @Route(getFileRoute)
  async file({ params, call, request, reply }: Input<typeof getFileRoute>) {
    const linked = this.links.open(params.token);
    if (!linked) throw new AppError('NOT_FOUND');
    await this.limits.settle(request, reply, null);
    const file = await this.rpc
      .call(findArtefact, wantedOf(linked), { ...call, principal: bearerOf(linked) })
      .catch(asNotFound);
    if (!(await sendFile(this.storage, file, request, reply))) throw new AppError('NOT_FOUND');
  }
}

const wantedOf = ({ generationId: id, kind, name, format }: LinkedFile) => ({
  id,
  kind,
  name,
  format: audioFormats.find((one) => one === format),
});

/** Whoever has a link acts for the file's owner, and may do no more than the link says. */
const bearerOf = ({ userId, mode }: LinkedFile): Principal => ({
  user_id: userId,
  mode,
  method: 'key_session',
  tier: 'free',
  role: 'user',
  permissions: ['generate'],
  origin: 'request',
});

function asNotFound(error: unknown): never {
  if (error instanceof AppError && opensNothing.includes(error.code)) throw new AppError('NOT_FOUND');
  throw error;
}
