/** Keeps secrets that have to be read again, such as those of alert channels and second factors. */
export interface Vault {
  readonly keyId: string;
  /** Text under which the secret may be stored; `use` says what for and must be given to read it. */
  seal(secret: string, use: string): string;
  /** @throws {VaultError} when it was sealed with another key or for another use, or was altered. */
  open(sealed: string, use: string): string;
}
