/** Source colours as the console has them on a dark ground, so that both tell the same story. */
export const sourceColors = {
  grid: "#8FA4B8",
  direct: "#2DC886",
  pv: "#F5BC3B",
  discharge: "#A98FFA",
  charge: "#7F6AD0",
  water: "#4FBDE3",
  heat: "#E98A70",
} as const;
