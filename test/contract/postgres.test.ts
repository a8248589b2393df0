import { openPostgres } from "../../plugin/src/store/metadata/postgres/open.ts";
import { makeDatabase, postgresSettings } from "../support/postgres-databases.ts";
import { describeMetadata } from "./metadata.ts";

describeMetadata("postgres", async () => {
  const database = await makeDatabase();
  const open = async () => (await openPostgres(postgresSettings(database.url))).metadata;
  const metadata = await open();
  return {
    metadata,
    another: open,
    async [Symbol.asyncDispose]() {
      await metadata.close();
      await database[Symbol.asyncDispose]();
    },
  };
});
