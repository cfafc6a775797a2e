import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What a user has here beside his credentials, in both modes. */
@Injectable()
export class AccountStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Grants that are still to be ended at their platforms stay until they are. */
  async erase(userId: string): Promise<void> {
    for (const table of ['platform_links', 'oauth_flows']) {
      await this.dataSource.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    }
  }
}
