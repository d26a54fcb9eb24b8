/**
 * Counts a Vitest JSON report.
 *
 * A file that could not even be loaded has no tests in the report, and an error outside of any test
 * shows only in the exit code: both count as one failure, so that nothing broken looks green.
 */
export function summarise(report, exitCode) {
  const tests = report.testResults.flatMap((file) =>
    file.assertionResults.map(({ fullName, status, duration, meta }) => ({
      file: file.name,
      name: fullName,
      status,
      durationMs: duration ?? 0,
      proof: meta?.proof,
    })),
  );
  const brokenFiles = report.testResults
    .filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
    .map(({ name, message }) => `${name}: ${message ?? "could not be loaded"}`);
  const passed = tests.filter(({ status }) => status === "passed");
  const skipped = tests.filter(({ status }) => !["passed", "failed"].includes(status));
  const failedTests = tests.length - passed.length - skipped.length;
  const failed = failedTests + brokenFiles.length;
  const outside = exitCode !== 0 && failed === 0 ? 1 : 0;
  return {
    passed: passed.length,
    failed: failed + outside,
    skipped: skipped.length,
    skippedNames: skipped.map(({ file, name }) => `${file}: ${name}`),
    brokenFiles,
    outside: outside === 1,
    tests,
  };
}

/** Exit code: 1 when something failed, nothing ran, or a skip is not allowed. */
export function verdict(summary, requireAll) {
  if (summary.failed > 0 || summary.passed === 0) return 1;
  return requireAll && summary.skipped > 0 ? 1 : 0;
}

/** The last line of every run; other programs read it. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
