export type SqliteValue = string | number | bigint | null | Uint8Array;

export type SqliteStep =
  | { readonly sql: string; readonly params: readonly SqliteValue[] }
  | { readonly sql: string; readonly rows: readonly (readonly SqliteValue[])[] };

export type SqliteOperation =
  | { readonly op: "run" | "all"; readonly sql: string; readonly params: readonly SqliteValue[] }
  | {
      readonly op: "many";
      readonly sql: string;
      readonly rows: readonly (readonly SqliteValue[])[];
    }
  | { readonly op: "exec"; readonly sql: string }
  | { readonly op: "transaction"; readonly steps: readonly SqliteStep[] }
  | { readonly op: "reopen" | "close" };

export type SqliteRequest = SqliteOperation & { readonly id: number };

export type SqliteAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string; readonly code: string };
