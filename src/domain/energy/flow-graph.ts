import type { SupplyFlows, SupplySource } from "./supply-flows.ts";

export type FlowNodeType =
  | "source"
  | "storage"
  | "storage-balance"
  | "bus"
  | "export"
  | "load-group"
  | "enterprise"
  | "compute"
  | "overhead"
  | "unmetered"
  | "excess-metered";

/** A place of the picture; `refId` names the load group or enterprise that it stands for. */
export interface FlowNode {
  readonly id: string;
  readonly type: FlowNodeType;
  readonly refId: string | null;
  /** What flows through it: the larger of what comes in and what goes out. */
  readonly amount: number;
}

export interface FlowLink {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

/** What one enterprise, or a facility of none, used in a load group. */
export interface GroupUse {
  /** Null for loads of no group. */
  readonly groupId: string | null;
  /** Null for loads of the park itself. */
  readonly enterpriseId: string | null;
  readonly amount: number;
  /** Part of it that computers used, where a computing centre counts it. */
  readonly itAmount: number | null;
}

/** Flows below this share of all are rounding and not drawn. */
const drawnFraction = 1e-9;

/**
 * Nodes and links of the electric picture. Every node between source and use gives what it takes:
 *
 *     bus:      Σ supply for use = Σ use of the groups + unmetered     or, if more was used than supplied,
 *               Σ supply for use + excess-metered = Σ use of the groups
 *     storage:  Σ charged = Σ given + storage-balance                  loss and change of what is stored
 *
 * `unmetered` is what no load meter saw, lost on lines and transformers or used without a meter.
 */
export function electricGraph(flows: SupplyFlows, uses: readonly GroupUse[]): FlowGraph {
  const links: FlowLink[] = [];
  for (const source of Object.keys(flows) as SupplySource[]) {
    const to = flows[source];
    links.push({ from: source, to: "bus", amount: to.use });
    links.push({ from: source, to: "export", amount: to.export });
    if (source !== "storage") links.push({ from: source, to: "storage", amount: to.storage });
  }
  const charged = sumOf(links, ({ to }) => to === "storage");
  const given = flows.storage.use + flows.storage.export;
  links.push(
    ...difference("storage", charged - given, { out: "storage-balance", in: "storage-balance" }),
  );
  const supplied = sumOf(links, ({ to }) => to === "bus");
  links.push(...useLinks("bus", uses));
  const used = uses.reduce((sum, { amount }) => sum + amount, 0);
  links.push(...difference("bus", supplied - used, { out: "unmetered", in: "excess-metered" }));
  return graphOf(links);
}

/** Nodes and links of another carrier: from the mains to enterprises, with what no meter saw. */
export function carrierGraph(supplied: number, uses: readonly GroupUse[]): FlowGraph {
  const links: FlowLink[] = [{ from: "main", to: "bus", amount: supplied }];
  for (const [enterpriseId, amount] of byKey(uses, ({ enterpriseId }) => enterpriseId)) {
    links.push({ from: "bus", to: `enterprise:${enterpriseId ?? ""}`, amount });
  }
  const used = uses.reduce((sum, { amount }) => sum + amount, 0);
  links.push(...difference("bus", supplied - used, { out: "unmetered", in: "excess-metered" }));
  return graphOf(links);
}

/** From the bus to groups, from groups to enterprises, and on to computers and their overhead. */
function useLinks(bus: string, uses: readonly GroupUse[]): readonly FlowLink[] {
  const links: FlowLink[] = [];
  for (const [groupId, amount] of byKey(uses, ({ groupId }) => groupId)) {
    links.push({ from: bus, to: `group:${groupId ?? ""}`, amount });
  }
  for (const { groupId, enterpriseId, amount } of uses) {
    links.push({ from: `group:${groupId ?? ""}`, to: `enterprise:${enterpriseId ?? ""}`, amount });
  }
  for (const { enterpriseId, amount, itAmount } of uses) {
    if (itAmount === null || enterpriseId === null) continue;
    const it = Math.min(itAmount, amount);
    links.push({ from: `enterprise:${enterpriseId}`, to: `compute:${enterpriseId}`, amount: it });
    const overhead = amount - it;
    links.push({
      from: `enterprise:${enterpriseId}`,
      to: `overhead:${enterpriseId}`,
      amount: overhead,
    });
  }
  return links;
}

/** What a node has too much leaves it, what it lacks comes into it. */
function difference(
  node: string,
  amount: number,
  names: { readonly out: string; readonly in: string },
): readonly FlowLink[] {
  if (amount > 0) return [{ from: node, to: names.out, amount }];
  return amount < 0 ? [{ from: names.in, to: node, amount: -amount }] : [];
}

function byKey<Item extends { readonly amount: number }>(
  items: readonly Item[],
  keyOf: (item: Item) => string | null,
): ReadonlyMap<string | null, number> {
  const sums = new Map<string | null, number>();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + item.amount);
  return sums;
}

function sumOf(links: readonly FlowLink[], isWanted: (link: FlowLink) => boolean): number {
  return links.reduce((sum, link) => (isWanted(link) ? sum + link.amount : sum), 0);
}

/** One link between two nodes, without those that carry nothing, and the nodes that are left. */
function graphOf(all: readonly FlowLink[]): FlowGraph {
  const merged = new Map<string, FlowLink>();
  for (const link of all) {
    const key = `${link.from}>${link.to}`;
    merged.set(key, { ...link, amount: link.amount + (merged.get(key)?.amount ?? 0) });
  }
  const least = drawnFraction * Math.max(0, ...[...merged.values()].map(({ amount }) => amount));
  const links = [...merged.values()].filter(({ amount }) => amount > least);
  const ids = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
  const nodes = ids.map((id) => {
    const [prefix = "", refId = ""] = id.split(":");
    const into = sumOf(links, ({ to }) => to === id);
    const outOf = sumOf(links, ({ from }) => from === id);
    return {
      id,
      type: typeOf(prefix),
      refId: refId === "" ? null : refId,
      amount: Math.max(into, outOf),
    };
  });
  return { nodes, links };
}

function typeOf(prefix: string): FlowNodeType {
  if (prefix === "group") return "load-group";
  const isSource = ["grid", "pv", "direct", "main"].includes(prefix);
  return isSource ? "source" : (prefix as FlowNodeType);
}
