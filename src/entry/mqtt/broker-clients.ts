import type {
  Aedes,
  AuthenticateError,
  AuthenticateHandler,
  Client,
  ConnectPacket,
  PublishPacket,
  Subscription,
} from "aedes";
import type { EmbeddedBrokerOptions } from "./embedded-broker.ts";
