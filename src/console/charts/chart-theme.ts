const names = [
  "bg",
  "surface",
  "band",
  "line",
  "line-strong",
  "ink",
  "ink2",
  "ink3",
  "warn",
  "accent",
  "grid",
  "pv",
  "direct",
  "dis",
  "load",
  "water",
  "heat",
  "grade-ok",
  "grade-est",
] as const;

/** The colour tokens of the page, for a library that cannot read style sheets. */
export type ChartTheme = Readonly<Record<(typeof names)[number], string>> & {
  readonly font: string;
  readonly axisSize: number;
};

/** Reads the tokens as they hold for an element now. */
export function chartTheme(element: HTMLElement): ChartTheme {
  const style = getComputedStyle(element);
  const entries = names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()] as const);
  return {
    ...(Object.fromEntries(entries) as Record<(typeof names)[number], string>),
    font: style.fontFamily,
    axisSize: Number.parseInt(style.getPropertyValue("--fs-axis"), 10),
  };
}

/** Decal of the hatch that means the same everywhere: 45°, 2 of 6 px. */
export function hatch(color: string) {
  return {
    symbol: "rect",
    symbolSize: 1,
    dashArrayX: [1, 0],
    dashArrayY: [2, 4],
    rotation: -Math.PI / 4,
    color,
  } as const;
}
