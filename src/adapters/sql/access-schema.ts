/** Rows about who acts: accounts, sessions, keys, and the audit. */

export interface SignInLinkRow {
  token_sha256: string;
  user_id: string;
  name: string;
  roles: string;
  enterprise_id: string | null;
  expires_at_ms: number;
}

export interface SessionRow extends SignInLinkRow {
  ends_at_ms: number | null;
  is_by_link: number | null;
}

export interface PersonRow {
  id: string;
  username: string;
  name: string;
  roles: string;
  enterprise_id: string | null;
  password_hash: string | null;
  totp_sealed: string | null;
  is_totp_on: number;
  totp_step: number;
  recovery_sha256: string;
  is_disabled: number;
  created_at_ms: number;
}

export interface SignInFailureRow {
  key: string;
  failures: number;
  last_at_ms: number;
  locked_until_ms: number | null;
}

export interface ApiKeyRow {
  id: string;
  name: string;
  roles: string;
  enterprise_id: string | null;
  may_write: number;
  secret_sha256: string;
  created_at_ms: number;
  created_by: string;
  expires_at_ms: number;
  revoked_at_ms: number | null;
  last_used_at_ms: number | null;
}

export interface AuditEntryRow {
  seq: number;
  at_ms: number;
  actor: string;
  park_id: string;
  enterprise_id: string | null;
  action: string;
  object: string | null;
  before_digest: string | null;
  after_digest: string | null;
  result: string;
  request_id: string | null;
  detail: string | null;
  digest: string;
  hash: string;
}

export interface AuditChainRow {
  id: number;
  seq: number;
  hash: string;
}

export interface AuditHeadRow {
  id: number;
  park_id: string;
  seq: number;
  hash: string;
  digest: string;
  at_ms: number;
  tree_day: string | null;
  tree_first_seq: number | null;
  tree_last_seq: number | null;
  tree_root: string | null;
  key_id: string;
  signature: string;
  sent_at_ms: number | null;
}
