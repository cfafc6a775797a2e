import { Injectable } from '@nestjs/common';
import { DataSource, IsNull } from 'typeorm';
import { Generation } from '../generations/generation.entity';
import type { Owner } from '../generations/owner';

/** By whom the same was made. */
export interface Maker {
  engineVersion: string;
  bankSha256: string | null;
}

/** Earlier answers in Postgres. Every question names the owner and the mode. */
@Injectable()
export class RepeatsStore {
  constructor(private readonly dataSource: DataSource) {}

  /** The latest that has its files still. */
  find({ userId, mode }: Owner, repeatKey: string, maker: Maker): Promise<Generation | null> {
    const { engineVersion, bankSha256 } = maker;
    return this.dataSource.getRepository(Generation).findOne({
      where: { userId, mode, repeatKey, status: 'succeeded', engineVersion, bankSha256: bankSha256 ?? IsNull() },
      relations: { artefacts: true },
      order: { id: 'DESC' },
    });
  }
}
