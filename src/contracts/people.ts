import { z } from "zod";
import { Id } from "./id.ts";
import { Instant } from "./registry.ts";
import { Role, SessionBody } from "./status.ts";

const Username = z
  .string()
  .regex(
    /^[\p{L}\p{N}._-]{2,40}$/u,
    "a user name has 2 to 40 letters, digits, dots, dashes or underscores",
  );
const PersonName = z
  .string()
  .min(1)
  .max(80)
  .regex(/^\P{Cc}*$/u, "a name is one line without control characters");
/** Longer ones only cost time. */
const Password = z.string().max(200);
const Code = z.string().max(40);
const Roles = z.array(Role).max(7);

/** By a one-time link, or by user name and password. */
export const SessionPost = z.union([
  z.strictObject({ token: z.string().min(1).max(512) }),
  z.strictObject({
    username: z.string().max(80),
    password: Password,
    code: Code.nullish().describe("of the second factor, or a recovery code"),
  }),
]);

export const UserPost = z.strictObject({
  username: Username,
  name: PersonName,
  roles: Roles,
  enterpriseId: Id.nullish().describe("for the role enterprise, and only for it"),
});

export const UserPatch = z.strictObject({
  name: PersonName.optional(),
  roles: Roles.optional(),
  enterpriseId: Id.nullable().optional(),
  disabled: z.boolean().optional(),
});

export const UserBody = z.object({
  id: z.string(),
  username: z.string(),
  name: z.string(),
  roles: z.array(Role),
  enterpriseId: z.string().nullable(),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  hasSecondFactor: z.boolean(),
  createdAt: Instant,
});
export type UserBody = z.infer<typeof UserBody>;

const LinkBody = z.object({
  link: z.string().describe("path that signs the person in once, within an hour"),
});
export const UserLink = LinkBody;
export type UserLink = z.infer<typeof UserLink>;
export const UserCreated = UserBody.extend(LinkBody.shape);
export type UserCreated = z.infer<typeof UserCreated>;

export const KeyPost = z.strictObject({
  name: PersonName,
  roles: Roles,
  enterpriseId: Id.nullish(),
  access: z.enum(["read", "write"]).default("read"),
  expiresAt: z.iso.datetime({ offset: true }),
});

export const KeyBody = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(Role),
  enterpriseId: z.string().nullable(),
  access: z.enum(["read", "write"]),
  createdAt: Instant,
  createdBy: z.string(),
  expiresAt: Instant,
  revokedAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
});
export type KeyBody = z.infer<typeof KeyBody>;

export const KeyCreated = KeyBody.extend({
  token: z.string().describe("the key itself, shown in this answer only"),
});
export type KeyCreated = z.infer<typeof KeyCreated>;

export const ProfileBody = SessionBody.extend({
  username: z.string().nullable().describe("null: no account of its own"),
  isFirstRun: z.boolean().describe("the first account is still to be made, by setting a password"),
  hasPassword: z.boolean(),
  maySetPassword: z.boolean().describe("the old password is not asked for"),
  hasSecondFactor: z.boolean(),
  recoveryCodesLeft: z.int(),
});
export type ProfileBody = z.infer<typeof ProfileBody>;

export const PasswordPut = z.strictObject({
  password: Password,
  current: Password.nullish(),
  username: Username.nullish().describe("of the account that is made at the first run"),
});

export const TotpStarted = z.object({
  key: z.string().describe("Base32, for authenticators without a camera"),
  uri: z.string(),
});
export type TotpStarted = z.infer<typeof TotpStarted>;

export const TotpCode = z.strictObject({ code: Code });

export const RecoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe("each works once; shown in this answer only"),
});
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;
