import type { Feeder } from "./flow-layout.ts";

/** Marks that show the direction of a line: chevrons in wide ones, an arrow head on narrow ones. */

const chevronLineMin = 7;
/** Chevrons are this far apart and run as far in a second. */
const chevronStep = 24;

const turns = { down: 0, up: 180, left: 90, right: -90 } as const;

export function hasChevrons({ state, width, end }: Feeder): boolean {
  return state === "flow" && width >= chevronLineMin && end.length > 30;
}

/** Puts a mark that is drawn pointing down at the end of the line. */
export function atEnd({ end, direction }: Feeder): string {
  return `translate(${end.x} ${end.y}) rotate(${turns[direction]})`;
}

/** Chevrons that run towards the end of a line, drawn pointing down with the end at 0 0. */
export function chevronPath({ width, end }: Feeder): string {
  const half = Math.max(3, width / 2 - 1.5);
  const count = Math.min(3, Math.floor(end.length / chevronStep)) + 1;
  let path = "";
  for (let index = 0; index < count; index += 1) {
    for (const y of [-6 - index * chevronStep, -14 - index * chevronStep]) {
      path += `M${-half} ${y - half}L0 ${y}L${half} ${y - half}`;
    }
  }
  return path;
}

/** Where the chevrons of a line may be seen: its last stretch. */
export function chevronClip({ width, end, direction }: Feeder) {
  const length = Math.min(end.length, chevronStep * 2);
  const isAcross = direction === "left" || direction === "right";
  if (isAcross) {
    const x = direction === "right" ? end.x - length : end.x;
    return { x, y: end.y - width, width: length, height: width * 2 };
  }
  const y = direction === "down" ? end.y - length : end.y;
  return { x: end.x - width, y, width: width * 2, height: length };
}
