import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/** A file that a setting names, and where that was said. */
export interface NamedFile {
  readonly path: string;
  readonly source: string;
}

/** PEM texts for a TLS connection; null where the machine's own authorities or no certificate count. */
export interface TlsContent {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

interface TlsFiles {
  readonly ca: NamedFile | undefined;
  readonly cert: NamedFile | undefined;
  readonly key: NamedFile | undefined;
}

/**
 * Reads the authorities that a server is checked against and our own certificate with its key, and
 * looks at them now: a connection that fails later says far less about what is wrong with a file.
 */
export function loadTls(files: TlsFiles): {
  readonly tls: TlsContent;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const ca = read(files.ca, problems);
  const cert = read(files.cert, problems);
  const key = read(files.key, problems);
  certificateOf(files.ca, ca, problems);
  const own = certificateOf(files.cert, cert, problems);
  const ownKey = keyOf(files.key, key, problems);
  if (own !== null && ownKey !== null && !own.checkPrivateKey(ownKey)) {
    problems.push(
      `${files.key?.source}: the key does not belong to the certificate of ${files.cert?.source}`,
    );
  }
  return { tls: { ca, cert, key }, problems };
}

function read(file: NamedFile | undefined, problems: string[]): string | null {
  if (file === undefined) return null;
  try {
    return readFileSync(file.path, "utf8");
  } catch {
    problems.push(`${file.source}: the file ${file.path} cannot be read`);
    return null;
  }
}

/** The first certificate of the file; a chain or a bundle of authorities has more of them. */
function certificateOf(
  file: NamedFile | undefined,
  text: string | null,
  problems: string[],
): X509Certificate | null {
  if (file === undefined || text === null) return null;
  try {
    return new X509Certificate(text);
  } catch {
    problems.push(`${file.source}: ${file.path} holds no certificate in PEM form`);
    return null;
  }
}

function keyOf(
  file: NamedFile | undefined,
  text: string | null,
  problems: string[],
): KeyObject | null {
  if (file === undefined || text === null) return null;
  try {
    return createPrivateKey(text);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    problems.push(
      code === "ERR_MISSING_PASSPHRASE"
        ? `${file.source}: the key in ${file.path} has a passphrase; keep it without one, readable by the service only`
        : `${file.source}: ${file.path} holds no private key in PEM form`,
    );
    return null;
  }
}
