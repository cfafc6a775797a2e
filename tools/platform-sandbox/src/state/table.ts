/** Rows by id, in the order in which they came. */
export class Table<Row extends { readonly id: string }> {
  private rows = new Map<string, Row>();

  constructor(private readonly onChange: () => void) {}

  find(id: string): Row | undefined {
    return this.rows.get(id);
  }

  list(filter: (row: Row) => boolean = () => true): Row[] {
    return [...this.rows.values()].filter(filter);
  }

  put(row: Row): Row {
    this.rows.set(row.id, row);
    this.onChange();
    return row;
  }

  /** Changes a row that is there. */
  update(id: string, change: Partial<Row>): Row {
    const row = this.rows.get(id);
    if (!row) throw new Error(`There is no row ${id}`);
    return this.put({ ...row, ...change });
  }

  delete(id: string): boolean {
    const wasThere = this.rows.delete(id);
    if (wasThere) this.onChange();
    return wasThere;
  }

  deleteAll(filter: (row: Row) => boolean): void {
    for (const row of this.list(filter)) this.delete(row.id);
  }

  restore(rows: readonly Row[]): void {
    this.rows = new Map(rows.map((row) => [row.id, row]));
  }
}
