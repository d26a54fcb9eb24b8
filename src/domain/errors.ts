/**
 * The data or the request broke a rule of the domain; our own code is not at fault.
 *
 * `code` is stable and public: the HTTP edge turns it into a problem type (RFC 9457). `remedy` says
 * what the caller can do about it, `pointer` which part of the request it is about (RFC 6901).
 */
export class DomainError extends Error {
  override readonly name: string = "DomainError";
  readonly code: string;
  readonly remedy: string | undefined;
  readonly pointer: string | undefined;

  constructor(
    code: string,
    message: string,
    options?: ErrorOptions & { readonly remedy?: string; readonly pointer?: string },
  ) {
    super(message, options);
    this.code = code;
    this.remedy = options?.remedy;
    this.pointer = options?.pointer;
  }
}

/** Nothing with this id exists for the one who asks; another tenant's object answers the same. */
export class NotFoundError extends DomainError {
  override readonly name = "NotFoundError";
}

/** The request contradicts what is there already: a taken id, a stale version. */
export class ConflictError extends DomainError {
  override readonly name = "ConflictError";
}

/** Somebody could not be let in: wrong password, missing code, locked account. */
export class SignInError extends DomainError {
  override readonly name = "SignInError";
}

/** The principal is known and may not do this. */
export class ForbiddenError extends DomainError {
  override readonly name = "ForbiddenError";
}
