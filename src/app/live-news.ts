import type { LiveDevice, LiveView } from "./live-picture.ts";

/** Devices that changed since the stream's last such event, with the balance of this moment. */
export interface ReadingNews {
  readonly kind: "reading";
  readonly view: LiveView;
  readonly devices: readonly LiveDevice[];
}

/** Slots that were closed or restated; counts are null where other tenants' slots are among them. */
export interface SlotNews {
  readonly kind: "slot";
  readonly meterIds: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly slots: number | null;
  readonly revised: number | null;
}

/** News of another part of the service, as it goes over the wire. */
export interface PartNews {
  readonly kind: "status" | "alert" | "plan" | "restatement";
  readonly body: object;
}

/** Events were missed and cannot be made up for; what the client holds has to be read again. */
export interface ResyncNews {
  readonly kind: "resync";
}

export type LiveNews = ReadingNews | SlotNews | PartNews | ResyncNews;

/** Whom news of a part is for: everybody, those who see the park as a whole, or one enterprise too. */
export type Audience = "everyone" | "park" | { readonly enterpriseId: string };
