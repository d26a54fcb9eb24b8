import type { Pair } from "./language.ts";

interface Words {
  readonly name: Pair;
  readonly remedy: Pair;
}

/** Why something was set aside, and what to do about it. */
const codes: Readonly<Record<string, Words>> = {
  topic: {
    name: ["主题不合约定", "Topic off the contract"],
    remedy: [
      "在网关中把主题改为 zcp/v1/{园区}/{网关}/{设备}/{种类}",
      "Set the topic in the gateway to zcp/v1/{park}/{gateway}/{device}/{kind}",
    ],
  },
  park: {
    name: ["主题中是另一个园区", "Topic of another park"],
    remedy: ["在网关中改正园区编号", "Correct the park id in the gateway"],
  },
  too_large: {
    name: ["报文过大", "Payload too large"],
    remedy: ["每条消息少带一些采样，上限 256 KiB", "Send fewer samples a message; 256 KiB at most"],
  },
  json: {
    name: ["无法读取 JSON", "JSON cannot be read"],
    remedy: [
      "发送 UTF-8 的普通 JSON，嵌套不超过 8 层",
      "Send plain JSON in UTF-8, nested 8 deep at most",
    ],
  },
  schema: {
    name: ["报文形状不符", "Payload of the wrong shape"],
    remedy: ["见详情，其中指出位置", "The detail names the place"],
  },
  unknown_device: {
    name: ["未登记的设备", "Unknown device"],
    remedy: [
      "核对后纳管，等待的数据会一并收入",
      "Adopt it when it is yours; what waits is taken in",
    ],
  },
  wrong_gateway: {
    name: ["设备属于另一个网关", "Device of another gateway"],
    remedy: [
      "通过它自己的网关发布，或修改登记",
      "Publish through its own gateway, or correct the registry",
    ],
  },
  clock: {
    name: ["时间超前 5 分钟以上", "More than 5 minutes in the future"],
    remedy: ["校准设备时钟；ts 以毫秒计", "Set the device's clock; ts is in milliseconds"],
  },
  too_old: {
    name: ["读数早于 400 天", "Older than 400 days"],
    remedy: ["校准时钟；ts 以毫秒而不是秒计", "Set the clock; ts is in milliseconds, not seconds"],
  },
  unknown_metric: {
    name: ["该类设备没有这个量", "Metric unknown to this kind"],
    remedy: ["使用约定的名称", "Use the names of the contract"],
  },
  wrong_type: {
    name: ["类型不符", "Wrong type"],
    remedy: ["数字不要加引号", "Send numbers without quotes"],
  },
  range: {
    name: ["数值不可能为真", "Value cannot be true"],
    remedy: ["检查网关中的单位和倍率", "Check unit and multiplier in the gateway"],
  },
};

/** Words for a code; one that we do not know yet is shown as it is. */
export function quarantineWords(code: string): Words {
  return (
    codes[code] ?? {
      name: [code, code],
      remedy: ["见错误代码表", "See the table of error codes"],
    }
  );
}
