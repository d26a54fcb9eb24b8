import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A certificate authority of the test's own (`ca.crt`), a server certificate for loopback (`server.crt`,
 * `server.key`), and one for each client name.
 */
export function makeCertificates(dir: string, names: readonly string[]): void {
  const openssl = (command: string): void => {
    const { status, stderr } = spawnSync("openssl", command.split(" "), {
      cwd: dir,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`openssl ${command} failed: ${stderr}`);
  };
  const fresh = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  openssl(`req -x509 ${fresh} -keyout ca.key -out ca.crt -subj /CN=test-ca -days 2`);
  writeFileSync(join(dir, "server.ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  for (const name of ["server", ...names]) {
    openssl(`req -new ${fresh} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
    const extra = name === "server" ? " -extfile server.ext" : "";
    openssl(
      `x509 -req -in ${name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out ${name}.crt -days 2${extra}`,
    );
    rmSync(join(dir, `${name}.csr`));
  }
}
