import { sqlPeople } from "../adapters/sql/sql-people.ts";
import { SqlRegistryStore } from "../adapters/sql/sql-registry-store.ts";
import type { StateDatabase } from "../adapters/sql/state-database.ts";
import type { Person } from "../app/access-ports.ts";
import {
  addPerson,
  changePerson,
  listPeople,
  type ManagePeopleDependencies,
  relinkPerson,
} from "../app/manage-people.ts";
import { createRegistry } from "../app/registry.ts";
import type { SignIn } from "../app/sign-in.ts";
import type { Config } from "../config.ts";
import { NotFoundError } from "../domain/errors.ts";
import {
  isRoleName,
  type Principal,
  type RoleName,
  servicePrincipal,
} from "../domain/principal.ts";

/** Accounts from the command line: whoever may run it on this machine may give any right. */
export interface OfflinePeople {
  list(): Promise<readonly Person[]>;
  /** Answers the token of a sign-in link. */
  add(entry: {
    readonly username: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly enterpriseId: string | null;
  }): Promise<string>;
  setDisabled(username: string, isDisabled: boolean): Promise<void>;
  relink(username: string): Promise<string>;
}

export async function offlinePeople(
  config: Config,
  state: StateDatabase,
  signIn: SignIn,
): Promise<OfflinePeople> {
  const { park } = config.parkContent;
  const registry = createRegistry(park, new SqlRegistryStore(state));
  await registry.reload();
  const people = sqlPeople(state);
  const clock = { nowMs: () => Date.now() };
  const parts: ManagePeopleDependencies = {
    ...{ people, registry, clock },
    createLink: signIn.createLink,
  };
  const operator: Principal = {
    ...servicePrincipal(park.id, "command-line"),
    roles: ["secadmin"],
  };
  const known = async (username: string): Promise<Person> => {
    const person = await people.findByUsername(username.toLowerCase());
    if (person !== null) return person;
    throw new NotFoundError("not_found", `there is no user ${username}`, {
      remedy: "`zcp user list` shows who there is",
    });
  };
  return {
    list: () => listPeople(parts, operator),
    add: async ({ roles, ...entry }) => {
      const named = roles.filter(isRoleName) as RoleName[];
      return (await addPerson(parts, operator, { ...entry, roles: named })).linkToken;
    },
    setDisabled: async (username, isDisabled) => {
      const { id } = await known(username);
      await changePerson(parts, operator, { id, change: { isDisabled } });
    },
    relink: async (username) => relinkPerson(parts, operator, (await known(username)).id),
  };
}
