import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a user has here beside his generations, in both modes. */
@Injectable()
export class AccountStore {
  constructor(private readonly dataSource: DataSource) {}

  /** A job that still runs is its worker's to end: it finds nothing to deliver to, and its row goes the next time. */
  async erase(userId: string): Promise<void> {
    await this.dataSource.query(`DELETE FROM jobs WHERE user_id = $1 AND state <> 'running'`, [userId]);
    await this.dataSource.query(`DELETE FROM quota_days WHERE user_id = $1`, [userId]);
  }
}
