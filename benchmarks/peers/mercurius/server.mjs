// Fastify with Mercurius and graphql-jit: a schema for exactly these questions, resolvers and loaders by hand.
// Usage: node server.mjs PORT

import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const { POSTGRESQL_FOLDER, CITY_DATABASE, INSURANCE_DATABASE, HALL_URL } = process.env;
const DATE = 1082;
pg.types.setTypeParser(DATE, (text) => text);
const pool = (database) =>
  new pg.Pool({ host: POSTGRESQL_FOLDER, database, user: "postgres", max: 16, min: 16 });
const city = pool(CITY_DATABASE);
const insurance = pool(INSURANCE_DATABASE);

const schema = /* GraphQL */ `
  type Query {
    person(idNo: ID!): Person
    persons(division: String!, first: Int!): [Person!]!
    enterprises(district: String!, status: String!, first: Int!): [Enterprise!]!
    services(first: Int!): [Service!]!
  }
  type Person {
    idNo: ID!
    name: String!
    gender: String!
    born: String!
    phone: String!
    division: String!
    address: String!
    nation: String!
    education: String!
    household: String!
    insurances(first: Int!): [Insurance!]!
  }
  type Enterprise {
    uscc: ID!
    name: String!
    district: String!
    status: String!
    kind: String!
    capital: String!
    established: String!
    address: String!
    legalRep: Person
    permits(first: Int!): [Permit!]!
  }
  type Permit {
    permitNo: ID!
    kind: String!
    validUntil: String!
  }
  type Insurance {
    month: String!
    base: String!
    state: String!
    enterprise: Enterprise
  }
  type Service {
    code: ID!
    name: String!
    days: Int!
    department: Department
  }
  type Department {
    code: ID!
    name: String!
    phone: String!
  }
`;

// A statement with a name is prepared once per connection.
const rows = async (database, name, text, values) => (await database.query({ name, text, values })).rows;

const PERSON = `id_no AS "idNo", name, gender, born, phone, division, address, nation, education, household`;
const ENTERPRISE = `uscc, name, district, status, kind, capital, established, address, legal_rep_id`;

const resolvers = {
  Query: {
    person: async (_root, { idNo }) =>
      (await rows(city, "person", `SELECT ${PERSON} FROM person WHERE id_no = $1`, [idNo]))[0] ?? null,
    persons: (_root, { division, first }) =>
      rows(
        city,
        "persons",
        `SELECT ${PERSON} FROM person WHERE division = $1 ORDER BY id_no LIMIT $2`,
        [division, first],
      ),
    enterprises: (_root, { district, status, first }) =>
      rows(
        city,
        "enterprises",
        `SELECT ${ENTERPRISE} FROM enterprise WHERE district = $1 AND status = $2 ORDER BY uscc LIMIT $3`,
        [district, status, first],
      ),
    services: async (_root, { first }) => (await (await fetch(HALL_URL)).json()).data.slice(0, first),
  },
};

const byKey = (keys, found, key) => {
  const named = new Map(found.map((row) => [row[key], row]));
  return keys.map((one) => named.get(one) ?? null);
};

const grouped = (keys, found, key) => {
  const lists = new Map(keys.map((one) => [one, []]));
  for (const row of found) lists.get(row[key]).push(row);
  return keys.map((one) => lists.get(one));
};

const one = (database, name, text, own, key) => ({
  opts: { cache: false },
  loader: async (queries) => {
    const keys = queries.map(({ obj }) => obj[own]);
    return byKey(keys, await rows(database, name, text, [[...new Set(keys)]]), key);
  },
});

const many = (database, name, text, own, key) => ({
  opts: { cache: false },
  loader: async (queries) => {
    const keys = queries.map(({ obj }) => obj[own]);
    return grouped(keys, await rows(database, name, text, [keys, queries[0].params.first]), key);
  },
});

const loaders = {
  Enterprise: {
    legalRep: one(
      city,
      "representatives",
      `SELECT ${PERSON} FROM person WHERE id_no = ANY($1::text[])`,
      "legal_rep_id",
      "idNo",
    ),
    permits: many(
      city,
      "permits",
      `SELECT permit.* FROM unnest($1::text[]) AS asked (uscc), LATERAL (
         SELECT uscc, permit_no AS "permitNo", kind, valid_until AS "validUntil" FROM permit
         WHERE permit.uscc = asked.uscc ORDER BY permit_no LIMIT $2) AS permit`,
      "uscc",
      "uscc",
    ),
  },
  Person: {
    insurances: many(
      insurance,
      "insurances",
      `SELECT insurance.* FROM unnest($1::text[]) AS asked (id_no), LATERAL (
         SELECT id_no, employer, month, base, state FROM insurance
         WHERE insurance.id_no = asked.id_no ORDER BY month LIMIT $2) AS insurance`,
      "idNo",
      "id_no",
    ),
  },
  Insurance: {
    enterprise: one(
      city,
      "employers",
      `SELECT ${ENTERPRISE} FROM enterprise WHERE uscc = ANY($1::text[])`,
      "employer",
      "uscc",
    ),
  },
  Service: {
    department: one(
      city,
      "departments",
      `SELECT code, name, phone FROM department WHERE code = ANY($1::text[])`,
      "department",
      "code",
    ),
  },
};

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
process.on("SIGTERM", () => process.exit(0));
await app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
