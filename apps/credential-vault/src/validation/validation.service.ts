import { AppError } from '@musicgen/error-codes';
import type {
  Principal,
  RequestOf,
  validateCredential,
  validateFields,
  ValidationReport,
} from '@musicgen/platform-contracts';
import { asAppError, type Call } from '@musicgen/service-kit';
import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service';
import { Clock } from '../clock';
import type { Credential } from '../credentials/credential.entity';
import { CredentialsStore } from '../credentials/credentials.store';
import { Checks, type CheckOptions } from './checks.service';
import { codeOf } from '../oauth/platform-refused';
import { judge, problemOf, type CheckedPart, type Verdict } from './verdict';
import { Verdicts, type Settled } from './verdicts.service';

/** Whoever waits for the answer gets one, with `timeout` for the parts that are still missing. */
const withinMs = 25_000;
/** A credential that changes under our hands is checked anew so often. */
const attemptsMax = 2;

/** Asks platforms whether credentials are good, and keeps their verdicts. */
@Injectable()
export class ValidationService {
  constructor(
    private readonly credentials: CredentialsStore,
    private readonly checks: Checks,
    private readonly verdicts: Verdicts,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {}

  async validate(call: Call<Principal>, { id, deep }: RequestOf<typeof validateCredential>): Promise<ValidationReport> {
    const signal = AbortSignal.timeout(withinMs);
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const credential = await this.credentials.find(call.principal, id);
      if (!credential) throw new AppError('NOT_FOUND');
      const { parts, verdict, checkedAt } = await this.checkStored(credential, { deep, signal, by: call }, true);
      if (verdict) return report(parts, verdict, checkedAt);
    }
    throw new AppError('CONFLICT', { details: 'The credential was changed while it was validated; try again' });
  }

  /** Fields that are not stored, with the shared client where they have none of their own. */
  async validateFields(
    principal: Principal,
    { platform, fields, deep }: RequestOf<typeof validateFields>,
  ): Promise<ValidationReport> {
    const options = { deep, signal: AbortSignal.timeout(withinMs) };
    const parts = await this.checks.ofFields(principal, platform, fields, options);
    return report(parts, judge(parts, 'unverified'), this.clock.now());
  }

  /** No verdict: the credential changed meanwhile, or the check was cut short. */
  async checkStored(
    credential: Credential,
    options: CheckOptions,
    isAttended = false,
  ): Promise<{ parts: CheckedPart[]; verdict: Settled | null; checkedAt: Date }> {
    const checked = await this.verdicts.begin(credential, isAttended);
    const parts = await this.checks.ofStored(credential, options).catch((error: unknown) => {
      this.audit.use(options.by, credential, 'validated', asAppError(error).code);
      throw error;
    });
    const problem = problemOf(parts);
    this.audit.use(options.by, credential, 'validated', problem ? codeOf(problem.reason) : 'ok');
    const checkedAt = this.clock.now();
    const isCutShort = options.signal.aborted && (options.signal.reason as Error | undefined)?.name !== 'TimeoutError';
    return { parts, verdict: isCutShort ? null : await this.verdicts.settle(checked, parts, checkedAt), checkedAt };
  }
}

const report = (parts: readonly CheckedPart[], { valid }: Verdict, checkedAt: Date): ValidationReport => ({
  valid,
  parts: parts.map(({ name, valid, reason, message, remedy, upstream_status }) => ({
    name,
    valid,
    reason,
    message,
    remedy,
    upstream_status,
  })),
  checked_at: checkedAt.toISOString(),
});
