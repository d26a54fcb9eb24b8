/** Own icons: 24 px box, round strokes of 1.6 px. Never the only label of anything. */
export const icons = {
  pylon:
    "M12 3v18M8.5 21 11 8M15.5 21 13 8M5 8h14M6.5 12h11M9 5.5h6M5 8v2M19 8v2M6.5 12v2M17.5 12v2M9.5 17h5",
  leaf: "M5 19c1-3 3-6 7-8M6 16c-2-6 3-11 13-11 0 9-4 14-11 13-1 0-2-.7-2-2z",
  panel: "M4 9.5h13l3 9.5H6zM5 14h13.5M9.5 9.5l1.5 9.5M13.5 9.5l2 9.5M5 3.5v3M3 5h4M9 4 8 5",
  battery: "M7 6h10v15H7zM10 3h4v3h-4zM9.5 17h5M9.5 13.5h5",
  drop: "M12 3.5c3.5 4.5 5.5 7.5 5.5 10.5a5.5 5.5 0 0 1-11 0c0-3 2-6 5.5-10.5z",
  heat: "M5 20h14M8 16c-2-3 2-4.5 0-8M12 16c-2-3 2-4.5 0-8M16 16c-2-3 2-4.5 0-8",
  server: "M4 5h16v6H4zM4 13h16v6H4zM7 8h.1M7 16h.1M11 8h6M11 16h6",
  factory: "M4 20V10l5 3v-3l5 3V5h5v15zM8 16.5h.1M12 16.5h.1M16 16.5h.1",
  mug: "M5 7h10v13H5zM15 10h2.5a1.5 1.5 0 0 1 1.5 1.5v3a1.5 1.5 0 0 1-1.5 1.5H15M8.5 10.5v6M11.5 10.5v6M5 7c0-3 3-3.5 4-2 1-2 5-1.5 6 2",
  cylinder: "M9 8c0-2 1-3 1-3V3h4v2s1 1 1 3v13H9zM9 12h6M9 17h6",
  sprout: "M12 21v-9M12 13C12 8 8 6 4 7c0 4 3 7 8 6zM12 11c0-4 3-6 8-6 0 4-3 7-8 6z",
  building: "M5 21V4h9v17M14 10h5v11M3 21h18M8 8h3M8 12h3M8 16h3M16.5 14h.1M16.5 17.5h.1",
  plug: "M8 3v5M16 3v5M6 8h12v3c0 3.5-2.5 5.5-6 5.5S6 14.5 6 11zM12 16.5V21",
  charger: "M5 20V4h8v16M3 20h12M13 11h3v6a1.5 1.5 0 0 0 3 0V9l-2.5-2.5M10 7l-2 4h2.5L8.5 15",
  load: "M13 3 6 13.5h5L10 21l8-11.5h-5z",
} as const;

export type IconName = keyof typeof icons;

/** The icon of that name, or the general one of a load: park files may name what we do not have. */
export function iconPath(name: string): string {
  return Object.hasOwn(icons, name) ? icons[name as IconName] : icons.load;
}
