import { ParkBody } from "../../../contracts/registry.ts";
import { anyRole } from "../access.ts";
import type { Routes } from "../http-services.ts";

export const parkRoutes: Routes = async (server, { registry }) => {
  server.get(
    "/park",
    {
      config: { access: anyRole },
      schema: {
        tags: ["registry"],
        summary: "What the park is",
        response: { 200: ParkBody },
      },
    },
    async () => {
      const { park } = registry;
      return {
        ...park,
        location: { ...park.location },
        storage: [...park.storage],
        loadGroups: [...park.loadGroups],
        simulated: registry.simulated(),
      };
    },
  );
};
