import { provenanceStatement, type Provenance, type ProvenanceStatement } from '@musicgen/platform-contracts';
import { CONFIG } from '@musicgen/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { CompactSign, decodeJwt } from 'jose';
import type { Config } from '../config';

/** Makes signed sidecars and reads them again. What is kept is the signed form alone, so that the two cannot differ. */
@Injectable()
export class Sidecars {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'musicgenSigningKey'>) {}

  async sign(statement: ProvenanceStatement): Promise<string> {
    const { signingKey, kid } = this.config.musicgenSigningKey;
    return new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'provenance+jws' })
      .sign(signingKey);
  }

  /** Of what this service has signed itself. */
  open(jws: string): Provenance {
    return { statement: provenanceStatement.parse(decodeJwt(jws)), jws };
  }
}
