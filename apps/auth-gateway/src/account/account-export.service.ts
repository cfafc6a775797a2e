import { AppError } from '@musicgen/error-codes';
import {
  getCredential,
  listCredentials,
  listGenerations,
  modes,
  type PageRequest,
  type Principal,
} from '@musicgen/platform-contracts';
import { pageRows, RpcClient, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { ApiKeysService } from '../api-keys/api-keys.service';
import type { Actor } from '../audit/actor';
import { Audit } from '../audit/audit.service';
import { sessionView } from '../sessions/session-view';
import { SessionsStore } from '../sessions/sessions.store';
import { UsersService } from '../users/users.service';
import { WebhooksService } from '../webhooks/webhooks.service';
import { AccountStore, type UsageRow } from './account.store';
import { jsonFile } from './json-file';
import { rowsOf, type Page } from './pages';

type UserCall = Call<Principal>;

const rowsAtOnce = 100;
const answerWithinMs = 30_000;

/** All that there is of a user, in both modes, without a secret. */
@Injectable()
export class AccountExportService {
  constructor(
    private readonly store: AccountStore,
    private readonly users: UsersService,
    private readonly keys: ApiKeysService,
    private readonly sessions: SessionsStore,
    private readonly webhooks: WebhooksService,
    private readonly rpc: RpcClient,
    private readonly audit: Audit,
  ) {}

  /** Everybody is asked for a first page here: a service that is away is an error then, and not half a file. */
  async open(call: UserCall, by: Actor): Promise<AsyncIterable<string>> {
    const user = await this.users.get(call.principal.user_id);
    const page = (cursor?: string) => ({ limit: rowsAtOnce, cursor });
    const [generations, credentials, keys, sessions, webhooks, usage] = await Promise.all([
      ofBothModes(call, (of, cursor) => this.rpc.call(listGenerations, page(cursor), of)),
      ofBothModes(call, (of, cursor) => this.listCredentials(of, page(cursor))),
      ofBothModes(call, ({ principal }, cursor) => this.keys.list(principal, page(cursor))),
      ofBothModes(call, ({ principal }, cursor) => this.listSessions(principal, cursor)),
      ofBothModes(call, ({ principal }, cursor) => this.webhooks.list(principal, page(cursor))),
      rowsOf((cursor) => this.listUsage(user.id, cursor)),
    ]);
    await this.store.transaction((tx) => this.audit.change(tx, by, { action: 'data_exported', target: user.id }));
    const { id, email, name, tier, role } = user;
    const times = { email_verified_at: user.emailVerifiedAt, created_at: user.createdAt };
    return jsonFile([
      ['exported_at', new Date().toISOString()],
      ['profile', { id, email, name, tier, role, ...times }],
      ['api_keys', keys],
      ['sessions', sessions],
      ['webhooks', webhooks],
      ['credentials', credentials],
      ['usage', usage],
      ['generations', generations],
    ]);
  }

  /** With their fields, the secret ones masked. */
  private async listCredentials(call: UserCall, page: PageRequest): Promise<Page<object>> {
    const { data, next_cursor } = await this.rpc.call(listCredentials, page, call);
    const whole = await Promise.all(data.map(({ id }) => this.rpc.call(getCredential, { id }, call).catch(ifGone)));
    return { data: whole.filter((credential) => credential !== null), next_cursor };
  }

  private async listSessions(principal: Principal, cursor?: string): Promise<Page<object>> {
    const rows = await this.sessions.list(principal, rowsAtOnce, cursor);
    return pageRows(rows, rowsAtOnce, (session) => sessionView(session, principal.session_id));
  }

  private async listUsage(userId: string, cursor?: string): Promise<Page<object>> {
    const after = cursor === undefined ? undefined : (JSON.parse(cursor) as UsageRow);
    const rows = await this.store.listUsage(userId, rowsAtOnce, after);
    const next_cursor = rows.length < rowsAtOnce ? null : JSON.stringify(rows.at(-1));
    return { data: rows.map((row) => ({ ...row, key_id: row.key_id || null })), next_cursor };
  }
}

/** The rows of both modes, one after the other. The first page of each is there when this settles. */
async function ofBothModes<Row extends object>(
  call: UserCall,
  ask: (call: UserCall, cursor?: string) => Promise<Page<Row>>,
): Promise<AsyncIterable<Row>> {
  const each = await Promise.all(
    modes.map((mode) => {
      // An export lasts as long as it lasts; each of its questions has its time.
      const now = () => ({ ...call, principal: { ...call.principal, mode }, deadline: Date.now() + answerWithinMs });
      return rowsOf((cursor) => ask(now(), cursor));
    }),
  );
  return (async function* () {
    for (const rows of each) yield* rows;
  })();
}

function ifGone(error: unknown): null {
  if (error instanceof AppError && error.code === 'NOT_FOUND') return null;
  throw error;
}
