import { describe } from "vitest";
import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { makeDatabase, postgresSettings } from "../support/postgres-databases.ts";
import { describeSearch } from "./search.ts";

describe("search: postgres", () => {
  describeSearch(async () => {
    const database = await makeDatabase();
    const opened = await openPostgres(postgresSettings(database.url));
    return {
      metadata: opened.metadata,
      another: async () => (await openPostgres(postgresSettings(database.url))).metadata,
      async [Symbol.asyncDispose]() {
        await opened.nodes.close();
        await opened.metadata.close();
        await database[Symbol.asyncDispose]();
      },
    };
  });
});
