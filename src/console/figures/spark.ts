/** Outline of one source over the day, in a box of the given size; gaps stay gaps. */
export function sparkPaths(
  values: readonly (number | null)[],
  {
    slots,
    max,
    width,
    height,
  }: {
    readonly slots: number;
    readonly max: number;
    readonly width: number;
    readonly height: number;
  },
): { readonly line: string; readonly area: string } {
  const step = width / slots;
  const y = (value: number): number => height - (max > 0 ? (Math.max(0, value) / max) * height : 0);
  let line = "";
  let area = "";
  let runStart: number | null = null;
  values.forEach((value, index) => {
    const [left, right] = [index * step, (index + 1) * step];
    if (value !== null) {
      line += runStart === null ? `M${left} ${y(value)}H${right}` : `V${y(value)}H${right}`;
      area +=
        runStart === null ? `M${left} ${height}V${y(value)}H${right}` : `V${y(value)}H${right}`;
      runStart ??= left;
    }
    const isLast = index === values.length - 1;
    const nextIsGap = !isLast && values[index + 1] === null;
    if (value !== null && (isLast || nextIsGap)) {
      area += `V${height}Z`;
      runStart = null;
    }
  });
  return { line, area };
}
