import { type Pair, say } from "./language.ts";

interface Refusal {
  readonly name: Pair;
  readonly remedy: Pair;
}

/** What the service refuses about an event, and what to do, by its code. */
const refusals: Readonly<Record<string, Refusal>> = {
  event_in_future: {
    name: ["时刻还没有到", "The instant has not come yet"],
    remedy: ["发生之后再登记", "record what has happened, when it has happened"],
  },
  event_exists: {
    name: ["该时刻已登记换表或清零", "A replacement or reset of this instant is recorded already"],
    remedy: ["若有误，先撤销原事件", "withdraw that event first if it is wrong"],
  },
  event_withdrawn: {
    name: ["该事件已被撤销", "The event has been withdrawn already"],
    remedy: ["无需再做", "nothing is left to do"],
  },
  invalid_interval: {
    name: ["结束早于开始", "It ends before it begins"],
    remedy: ["更正两个时刻", "correct the two instants"],
  },
  beyond_digits: {
    name: ["表码超出表底位数", "The value has more digits than the register"],
    remedy: [
      "重新读表，或更正档案中的位数",
      "read the display again, or correct the digits on record",
    ],
  },
  unknown_register: {
    name: ["该表没有这个寄存器", "The meter has no such register"],
    remedy: ["重新打开此窗口", "open this window again"],
  },
  no_registers: {
    name: ["该设备没有寄存器", "The device has no register"],
    remedy: ["只能登记检定", "only a calibration can be recorded"],
  },
};

/** The refusal and what to do, in the language of the person; null where the code is not known. */
export function refusalText(code: string): string | null {
  const known = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  if (known === undefined) return null;
  const { name, remedy } = known;
  return say([`${name[0]}；${remedy[0]}。`, `${name[1]}: ${remedy[1]}.`]);
}
