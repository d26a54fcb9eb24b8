/**
 * A linear program with optional yes-or-no columns, in the form that solvers take: minimise
 * `costs · x` subject to `rowMin ≤ A x ≤ rowMax` and `columnMin ≤ x ≤ columnMax`. Missing bounds are
 * ±Infinity. The matrix is stored by column (compressed sparse column).
 */
export interface LinearProgram {
  readonly costs: Float64Array;
  readonly columnMin: Float64Array;
  readonly columnMax: Float64Array;
  readonly rowMin: Float64Array;
  readonly rowMax: Float64Array;
  readonly matrix: SparseMatrix;
  /** Columns that are 0 or 1; empty: every column is continuous. */
  readonly binaryColumns: Int32Array;
}

/** Entries of column `j` stand at `starts[j]` up to, not including, `starts[j + 1]`. */
export interface SparseMatrix {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** Where a simplex solution stands; lets the solver begin the next, similar program from there. */
export interface SimplexBasis {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

export type LinearSolution =
  | {
      readonly status: "optimal";
      readonly objective: number;
      readonly columns: Float64Array;
      /** Change of the objective for one more unit of each row's bound; null with binary columns. */
      readonly rowDuals: Float64Array | null;
      readonly basis: SimplexBasis | null;
    }
  | { readonly status: "infeasible" };

/** Collects columns, rows and entries and builds the program from them. */
export class ProgramBuilder {
  readonly #costs: number[] = [];
  readonly #columnMin: number[] = [];
  readonly #columnMax: number[] = [];
  readonly #rowMin: number[] = [];
  readonly #rowMax: number[] = [];
  readonly #entryRows: number[] = [];
  readonly #entryColumns: number[] = [];
  readonly #entryValues: number[] = [];
  readonly #binary: number[] = [];

  /** Adds a column and answers its index. */
  column(weight: number, min: number, max: number): number {
    this.#costs.push(weight);
    this.#columnMin.push(min);
    return this.#columnMax.push(max) - 1;
  }

  /** Adds a column that is 0 or 1 and answers its index. */
  binary(): number {
    const column = this.column(0, 0, 1);
    this.#binary.push(column);
    return column;
  }

  /** Adds a row and answers its index. */
  row(min: number, max: number): number {
    this.#rowMin.push(min);
    return this.#rowMax.push(max) - 1;
  }

  /** Adds a coefficient; each place of the matrix at most once. */
  entry(row: number, column: number, value: number): void {
    if (value === 0) return;
    this.#entryRows.push(row);
    this.#entryColumns.push(column);
    this.#entryValues.push(value);
  }

  build(): LinearProgram {
    return {
      costs: Float64Array.from(this.#costs),
      columnMin: Float64Array.from(this.#columnMin),
      columnMax: Float64Array.from(this.#columnMax),
      rowMin: Float64Array.from(this.#rowMin),
      rowMax: Float64Array.from(this.#rowMax),
      matrix: this.#matrix(),
      binaryColumns: Int32Array.from(this.#binary),
    };
  }

  /** Sorts the entries by column; within a column they keep the order in which they came. */
  #matrix(): SparseMatrix {
    const starts = new Int32Array(this.#costs.length + 1);
    for (const column of this.#entryColumns) starts[column + 1] = (starts[column + 1] ?? 0) + 1;
    for (let column = 1; column < starts.length; column += 1) {
      starts[column] = (starts[column] ?? 0) + (starts[column - 1] ?? 0);
    }
    const next = starts.slice();
    const rows = new Int32Array(this.#entryRows.length);
    const values = new Float64Array(this.#entryRows.length);
    for (const [index, column] of this.#entryColumns.entries()) {
      const place = next[column] ?? 0;
      rows[place] = this.#entryRows[index] ?? 0;
      values[place] = this.#entryValues[index] ?? 0;
      next[column] = place + 1;
    }
    return { starts, rows, values };
  }
}
