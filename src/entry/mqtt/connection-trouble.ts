/** What Node calls a certificate whose authority it does not know. */
const unknownAuthority: readonly unknown[] = [
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
];
const alert = /alert [a-z ]+/;
/** How a server says that it wants a certificate of ours, or another one. */
const wantsCertificate =
  /alert (?:certificate required|bad certificate|unknown ca|handshake failure|certificate unknown)/;

/** Why there is no connection, and for what TLS says in a riddle also what to do. */
export function connectionTrouble(error: Error & { readonly code?: unknown }): string {
  // OpenSSL puts its own file names, numbers and a line end around the words that matter.
  const whole = error.message || String(error.code ?? "unknown error");
  const said = alert.exec(whole)?.[0] ?? whole.trim();
  if (unknownAuthority.includes(error.code)) {
    return `the broker's certificate is not trusted: ${said}; name the authority that signed it in ZCP_MQTT_CA_FILE`;
  }
  if (error.code === "CERT_HAS_EXPIRED") {
    return "the broker's certificate has expired; renew it at the broker";
  }
  return wantsCertificate.test(said)
    ? `the broker refuses our certificate or wants one: ${said}; see ZCP_MQTT_CERT_FILE and ZCP_MQTT_KEY_FILE`
    : said;
}
