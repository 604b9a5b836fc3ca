// PostGraphile 5 as its manual sets it up: the amber preset over two databases, relations from foreign keys.
// The links between the two databases, which it cannot find by itself, are added with its own plan resolvers.
// Usage: node server.mjs PORT

import { createServer } from "node:http";
import { connection } from "postgraphile/grafast";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { extendSchema } from "postgraphile/utils";

const { POSTGRESQL_FOLDER, CITY_DATABASE, INSURANCE_DATABASE } = process.env;
const pool = (database) => ({ host: POSTGRESQL_FOLDER, database, user: "postgres", max: 16, min: 16 });

const insuranceOfPerson = extendSchema((build) => {
  const { insurance_insurance: insurance, enterprise } = build.input.pgRegistry.pgResources;
  return {
    typeDefs: /* GraphQL */ `
      extend type Person {
        insurances: InsuranceInsuranceConnection
      }
      extend type InsuranceInsurance {
        enterprise: Enterprise
      }
    `,
    objects: {
      Person: {
        plans: {
          insurances($person) {
            const $months = insurance.find({ id_no: $person.get("id_no") });
            $months.orderBy({ attribute: "month", direction: "ASC" });
            $months.setOrderIsUnique();
            return connection($months);
          },
        },
      },
      InsuranceInsurance: {
        plans: {
          enterprise($insurance) {
            return enterprise.get({ uscc: $insurance.get("employer") });
          },
        },
      },
    },
  };
});

const preset = {
  extends: [PostGraphileAmberPreset],
  plugins: [insuranceOfPerson],
  pgServices: [
    makePgService({ name: "main", poolConfig: pool(CITY_DATABASE), schemas: ["public"] }),
    makePgService({
      name: "insurance",
      poolConfig: pool(INSURANCE_DATABASE),
      schemas: ["public"],
      pgSettingsKey: "insuranceSettings",
      withPgClientKey: "withInsuranceClient",
    }),
  ],
  grafserv: { graphqlPath: "/graphql", watch: false, graphiql: false },
  grafast: { explain: false },
};

const server = createServer();
const served = postgraphile(preset).createServ(grafserv);
await served.addTo(server);
server.listen(Number(process.argv[2]), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
if (process.env.PRINT_SCHEMA) {
  const { printSchema } = await import("postgraphile/graphql");
  console.log(printSchema(await postgraphile(preset).getSchema()));
}
