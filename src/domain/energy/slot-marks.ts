/**
 * Which quarter hours of a day have a figure: three numbers of 34 bits each, the first quarter hour in
 * the lowest bit of the first. A day of 25 hours has 100; a number is exact up to 53 bits.
 */
export type SlotMarks = readonly [number, number, number];

export const slotsPerMark = 34;

/** The marks of quarter hours, counted from the start of their day; each at most once. */
export function slotMarks(indexes: Iterable<number>): SlotMarks {
  const marks: [number, number, number] = [0, 0, 0];
  for (const index of indexes) {
    const place = Math.floor(index / slotsPerMark) as 0 | 1 | 2;
    marks[place] += 2 ** (index % slotsPerMark);
  }
  return marks;
}

/** Numbers of the quarter hours that have a figure, ascending. */
export function markedSlots(marks: SlotMarks): number[] {
  const indexes: number[] = [];
  for (const [place, mark] of marks.entries()) {
    let rest = mark;
    for (let bit = 0; rest > 0; bit += 1) {
      if (rest % 2 === 1) indexes.push(place * slotsPerMark + bit);
      rest = Math.floor(rest / 2);
    }
  }
  return indexes;
}
