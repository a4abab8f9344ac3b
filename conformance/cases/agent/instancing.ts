import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import {
  HOSTILE_INSTANCE_IDS,
  INVALID_INSTANCE_IDS,
  INVALID_PRODUCT_VERSIONS,
  INVALID_PRODUCTS,
  invalidServerIds,
} from "../../src/mallory/server/hostile-ids.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";

const { ISOLATION_PRODUCT, ISOLATION_INSTANCE_ID, ISOLATION_ADDRESS, ISOLATION_SERVER } = Isolation;

/** Cases of spec/instancing.md: product, InstanceId, address, server identity, names. */
export const instancingCases: readonly AgentCase[] = [
  {
    id: "instance-of-product-and-address",
    clauses: ["INST-016", "INST-040", "INST-050", "INST-051", "INST-015"],
    title: "A server with neither InstanceId nor server-identity gets the instance of its product and peer address",
    async run(context) {
      const first = await context.connect({ from: "127.0.0.1" });
      const second = await context.connect({ from: "127.0.0.254" });
      await expectInstance(first, { product: "Caravel" }, ISOLATION_ADDRESS, "p-caravel/a-127_2e0_2e0_2e1");
      await expectInstance(second, { product: "Caravel" }, ISOLATION_ADDRESS, "p-caravel/a-127_2e0_2e0_2e254");
      const serverId = uuidFrom(context.random);
      await expectInstance(first, { product: "Caravel", serverId }, ISOLATION_ADDRESS, "p-caravel/a-127_2e0_2e0_2e1");
    },
  },
  {
    id: "instance-names-encode-products",
    clauses: ["INST-050", "INST-004", "INST-001"],
    title: "Every product of printable ASCII gets the name that the encoding gives it, without regard to case",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.7" });
      for (const [product, encoded] of [
        ["A", "a"],
        ["Build Master", "build_20master"],
        ["buiLD mastER", "build_20master"],
        ["../..", "_2e_2e_2f_2e_2e"],
        ["CON", "con"],
        ["a_b", "a_5fb"],
        ["a-b", "a-b"],
        ["C:\\x", "c_3a_5cx"],
        ["~!@#", "_7e_21_40_23"],
        ["x".repeat(64), "x".repeat(64)],
        [`a${"~".repeat(63)}`, `a${"_7e".repeat(63)}`],
      ] as const) {
        await expectInstance(peer, { product }, ...withoutId(context, `p-${encoded}`, "127_2e0_2e0_2e7"));
      }
    },
  },
  {
    id: "product-outside-its-rule",
    clauses: ["INST-001"],
    title: "A product that is empty, too long, not printable ASCII, or edged by spaces is refused",
    dialects: [1, 44, 49],
    twin: "instance-names-encode-products",
    async run(context) {
      const peer = await context.connect();
      for (const product of INVALID_PRODUCTS) {
        const what = `the product ${shown(product)}`;
        expectRefusal(await peer.negotiate({ product }), what, { code: "INVALID_PRODUCT", clause: "INST-001" });
      }
      await peer.session();
    },
  },
  {
    id: "product-version-within-its-rule",
    clauses: ["INST-002", "INST-003"],
    title: "Versions of 1 to 8 numbers of 1 to 9 digits are read, and a missing number counts as zero",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect();
      for (const productVersion of ["0", "1", "007.08", "999999999", "1.2.3.4.5.6.7.8", "0.0.0.0.0.0.0.0"]) {
        await peer.session({ productVersion });
      }
      const product = "BuildMaster";
      const from = await context.connect({ from: "127.0.0.1" });
      for (const productVersion of ["6.1.20", "6.1.20.0", "06.01.020", "6.1.100", "6.2", "7", "10.0.0"]) {
        const expected = withoutId(context, "p-buildmaster", "127_2e0_2e0_2e1");
        await expectInstance(from, { product, productVersion }, ...expected);
      }
    },
  },
  {
    id: "product-version-outside-its-rule",
    clauses: ["INST-002"],
    title: "A product version outside its rule is refused",
    dialects: [1, 44, 49],
    twin: "product-version-within-its-rule",
    async run(context) {
      const peer = await context.connect();
      for (const productVersion of INVALID_PRODUCT_VERSIONS) {
        const what = `the product version ${shown(productVersion)}`;
        const expected = { code: "INVALID_PRODUCT_VERSION", clause: "INST-002" } as const;
        expectRefusal(await peer.negotiate({ productVersion }), what, expected);
      }
      await peer.session();
    },
  },
  {
    id: "products-are-kept-apart",
    clauses: ["INST-005"],
    title: "Servers of different products get different instances, whatever else is equal",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect();
      const id = uuidFrom(context.random);
      const names = new Set<string>();
      for (const product of [context.product, `${context.product}2`, "BuildMaster", "Otter"]) {
        for (const instanceId of ["", id]) {
          names.add((await peer.session({ product, productVersion: "9.0", instanceId })).instanceName);
        }
      }
      // The dialect 1 knows no InstanceId (LEG-013).
      const expected = context.dialects.at(-1) === 1 ? 4 : 8;
      expectEqual(names.size, expected, {
        code: "instances-shared",
        clause: "INST-005",
        what: "instances of four products",
      });
    },
  },
  {
    id: "product-below-its-minimum-is-shared",
    clauses: ["INST-006", "INST-003", "INST-040", "INST-034"],
    title:
      "A product below its minimum version gets the product's shared instance from every address and for every server",
    async run(context) {
      const peers = [await context.connect({ from: "127.0.0.2" }), await context.connect({ from: "127.0.0.3" })];
      for (const peer of peers) {
        const serverId = uuidFrom(context.random);
        const features = ["server-identity@1"];
        for (const productVersion of ["6.1.19", "6.1.9", "6.1", "6", "5.99.99", "0"]) {
          const request = { product: "BuildMaster", productVersion, serverId, features };
          await expectInstance(peer, request, ISOLATION_PRODUCT, "p-buildmaster/shared");
        }
        const otter = { product: "oTTer", productVersion: "2.2.9.999999999", serverId };
        await expectInstance(peer, otter, ISOLATION_PRODUCT, "p-otter/shared");
      }
    },
  },
  {
    id: "minimum-versions-are-inclusive",
    clauses: ["INST-006", "INST-007", "INST-003"],
    title: "At its minimum version a product has instances of its own, and InstanceIds are taken",
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.5" });
      for (const [product, productVersion] of [
        ["BuildMaster", "6.1.20"],
        ["Otter", "2.2.10"],
        ["otter", "2.2.10.0"],
      ] as const) {
        const directory = `p-${product.toLowerCase()}`;
        await expectInstance(peer, { product, productVersion }, ISOLATION_ADDRESS, `${directory}/a-127_2e0_2e0_2e5`);
        const request = { product, productVersion, instanceId: "Minimum" };
        await expectInstance(peer, request, ISOLATION_INSTANCE_ID, `${directory}/i-minimum`);
      }
    },
  },
  {
    id: "instance-id-below-the-minimum",
    clauses: ["INST-007", "INST-004"],
    title: "An InstanceId from a product below its minimum version is refused, naming the minimum",
    twin: "minimum-versions-are-inclusive",
    async run(context) {
      const peer = await context.connect();
      for (const [product, productVersion, minimum] of [
        ["BuildMaster", "6.1.19", "6.1.20"],
        ["BuildMaster", "6", "6.1.20"],
        ["Otter", "2.2.9", "2.2.10"],
        ["buildMASTER", "6.1.9", "6.1.20"],
        ["OTTER", "1.99", "2.2.10"],
      ] as const) {
        const result = await peer.negotiate({ product, productVersion, instanceId: "one" });
        const isUsualSpelling = product === "BuildMaster" || product === "Otter";
        expectRefusal(result, `an InstanceId of ${product} ${productVersion}`, {
          code: "INSTANCING_UNSUPPORTED",
          clause: isUsualSpelling ? "INST-007" : "INST-004",
          details: { minimum_version: minimum },
        });
      }
      await peer.session({ product: "BuildMaster", productVersion: "6.1.19", instanceId: " \t " });
    },
  },
  {
    id: "instance-id-names-the-instance",
    clauses: ["INST-013", "INST-012", "INST-010", "INST-050", "INST-040"],
    title: "Equal InstanceIds, in any case and with blanks at their ends, name one instance from every address",
    dialects: [44, 49],
    async run(context) {
      const peers = [await context.connect(), await context.connect({ from: "127.0.0.2" })];
      const product = "Caravel";
      for (const peer of peers) {
        for (const instanceId of ["Web 1", "web 1", "WEB 1", " Web 1", "Web 1 ", "\tWeb 1\t", "  \t web 1 \t "]) {
          await expectInstance(peer, { product, instanceId }, ISOLATION_INSTANCE_ID, "p-caravel/i-web_201");
        }
      }
    },
  },
  {
    id: "instance-id-empty-is-unset",
    clauses: ["INST-010", "INST-016"],
    title: "An InstanceId of nothing but spaces and tabs is unset",
    dialects: [1, 44, 49],
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.6" });
      for (const instanceId of ["", " ", "\t", " \t \t ", " ".repeat(200)]) {
        const expected = withoutId(context, "p-caravel", "127_2e0_2e0_2e6");
        await expectInstance(peer, { product: "Caravel", instanceId }, ...expected);
      }
    },
  },
  {
    id: "instance-id-hostile-but-valid",
    clauses: ["INST-011", "INST-050", "SYNC-018"],
    title: "InstanceIds that would be dangerous as paths become harmless names, each its own",
    dialects: [44, 49],
    async run(context) {
      const peer = await context.connect();
      for (const [instanceId, encoded] of HOSTILE_INSTANCE_IDS) {
        await expectInstance(peer, { product: "Caravel", instanceId }, ISOLATION_INSTANCE_ID, `p-caravel/i-${encoded}`);
      }
    },
  },
  {
    id: "instance-id-outside-its-rule",
    clauses: ["INST-011"],
    title: "An InstanceId that is too long or not printable ASCII once trimmed is refused",
    dialects: [44, 49],
    twin: "instance-id-hostile-but-valid",
    async run(context) {
      const peer = await context.connect();
      for (const instanceId of INVALID_INSTANCE_IDS) {
        const what = `the InstanceId ${shown(instanceId)}`;
        expectRefusal(await peer.negotiate({ instanceId }), what, { code: "INVALID_INSTANCE_ID", clause: "INST-011" });
      }
      await peer.session();
    },
  },
  {
    id: "instance-ids-are-kept-apart",
    clauses: ["INST-013"],
    title: "Different InstanceIds of one product name different instances, also from one address",
    dialects: [44, 49],
    async run(context) {
      const peer = await context.connect();
      const ids = ["one", "two", "one.", "on e", "o_ne", "127.0.0.1", "shared"];
      const names = new Set<string>();
      for (const instanceId of ids) names.add((await peer.session({ instanceId })).instanceName);
      names.add((await peer.session()).instanceName);
      const what = "different instances of seven InstanceIds and none";
      expectEqual(names.size, 8, { code: "instances-shared", clause: "INST-013", what });
    },
  },
  {
    id: "instance-made-once",
    clauses: ["INST-013", "INST-031"],
    title:
      "Of many greetings at once that ask for one new instance all get it, and of many servers one becomes its owner",
    dialects: [49],
    async run(context) {
      const peers = await Promise.all(Array.from({ length: 8 }, () => context.connect()));
      const shared = { instanceId: "made once", serverId: uuidFrom(context.random) };
      const names = new Set(
        (await Promise.all(peers.map((peer) => peer.session(shared)))).map((each) => each.instanceName),
      );
      expectEqual(names.size, 1, { code: "instances-differ", clause: "INST-013", what: "instances of one InstanceId" });

      const claims = peers.map((peer) =>
        peer.negotiate({ instanceId: "claimed once", serverId: uuidFrom(context.random) }),
      );
      const results = await Promise.all(claims);
      const owners = results.filter(({ kind }) => kind === "answered").length;
      expectEqual(owners, 1, {
        code: "owners-differ",
        clause: "INST-031",
        what: "servers that were given a new instance",
      });
    },
  },
  {
    id: "peer-address-from-the-socket",
    clauses: ["INST-017", "INST-015"],
    title: "No metadata and no field stands for the peer address",
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.8" });
      const forged = "10.9.8.7";
      const result = await peer.negotiate(
        { product: "Caravel", features: [forged, `address@${forged}`] },
        {
          "x-forwarded-for": forged,
          "x-real-ip": forged,
          "x-envoy-external-address": forged,
          forwarded: `for=${forged}`,
          "berth-address": forged,
        },
      );
      const { instanceName } = expectAnswered(result, "a greeting with forged metadata", "INST-017");
      expectEqual(instanceName, "p-caravel/a-127_2e0_2e0_2e8", nameOf("a server that forges its address"));
    },
  },
  {
    id: "server-identity-names-the-instance",
    clauses: ["INST-022", "INST-023", "INST-050", "INST-040"],
    title: "With server-identity@1 the server_id names the instance, in any case and from every address",
    features: ["server-identity@1"],
    async run(context) {
      const serverId = "0F0E0D0C-1b1a-4918-8716-151413121110";
      const request = { product: "Caravel", features: ["server-identity@1"] };
      const name = "p-caravel/s-0f0e0d0c-1b1a-4918-8716-151413121110";
      for (const from of ["127.0.0.1", "127.0.0.2"]) {
        const peer = await context.connect({ from });
        for (const spelled of [serverId, serverId.toLowerCase(), serverId.toUpperCase()]) {
          await expectInstance(peer, { ...request, serverId: spelled }, ISOLATION_SERVER, name);
        }
      }
    },
  },
  {
    id: "server-identity-separates-one-address",
    clauses: ["INST-022"],
    title: "Two servers behind one address are kept apart by server-identity@1 with nothing set",
    features: ["server-identity@1"],
    async run(context) {
      const request = { features: ["server-identity@1"] };
      const names = new Set<string>();
      for (let server = 0; server < 2; server += 1) {
        const peer = await context.connect({ from: "127.0.0.2" });
        names.add((await peer.session({ ...request, serverId: uuidFrom(context.random) })).instanceName);
      }
      expectEqual(names.size, 2, { code: "instances-shared", what: "instances of two servers behind one address" });
    },
  },
  {
    id: "server-identity-only-as-announced",
    clauses: ["INST-016"],
    title: "A server_id names nothing in a session without server-identity@1, whatever features the server has named",
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.6" });
      for (const feature of ["server-identity@2", "server-identity@999", "server-identity", "server-identity@1"]) {
        const request = { product: "Caravel", serverId: uuidFrom(context.random), features: [feature] };
        // An agent that announces it serves it, which is another case's matter.
        if ((await peer.session(request)).features.includes("server-identity@1")) continue;
        await expectInstance(peer, request, ISOLATION_ADDRESS, "p-caravel/a-127_2e0_2e0_2e6");
      }
    },
  },
  {
    id: "server-identity-needs-both",
    clauses: ["INST-016", "INST-022", "INST-013"],
    title: "Without server_id, without the feature, or with an InstanceId, server-identity changes nothing",
    features: ["server-identity@1"],
    async run(context) {
      const peer = await context.connect({ from: "127.0.0.4" });
      const features = ["server-identity@1"];
      const serverId = "11111111-2222-4333-8444-555555555555";
      const product = "Caravel";
      const address = "p-caravel/a-127_2e0_2e0_2e4";
      await expectInstance(peer, { product, features }, ISOLATION_ADDRESS, address);
      await expectInstance(peer, { product, serverId }, ISOLATION_ADDRESS, address);
      const instanceId = `by-${uuidFrom(context.random)}`;
      const named = { product, serverId, features, instanceId };
      await expectInstance(peer, named, ISOLATION_INSTANCE_ID, `p-caravel/i-${instanceId}`);
    },
  },
  {
    id: "server-id-outside-its-rule",
    clauses: ["INST-021"],
    title: "A server_id that is no UUID in text form, or the nil UUID, is refused with the feature and without",
    twin: "instance-of-product-and-address",
    async run(context) {
      const peer = await context.connect();
      const valid = "11111111-2222-4333-8444-555555555555";
      for (const serverId of invalidServerIds(valid)) {
        for (const features of [[], ["server-identity@1"]]) {
          const what = `the server_id ${shown(serverId)}`;
          const expected = { code: "INVALID_SERVER_ID", clause: "INST-021" } as const;
          expectRefusal(await peer.negotiate({ serverId, features }), what, expected);
        }
      }
      await peer.session({ serverId: valid });
    },
  },
];

/** What a server without InstanceId gets: its product and address in the dialect 49, its product's shared instance before (INST-016, LEG-013, LEG-014). */
function withoutId(context: AgentContext, directory: string, encodedAddress: string): [Isolation, string] {
  return context.dialects.at(-1) === 49
    ? [ISOLATION_ADDRESS, `${directory}/a-${encodedAddress}`]
    : [ISOLATION_PRODUCT, `${directory}/shared`];
}

/** Which clause is broken when the instance is another one depends on what the server sent, so all that the case cites are shown. */
async function expectInstance(
  peer: ServerPeer,
  request: Partial<NegotiateRequest>,
  isolation: Isolation,
  name: string,
) {
  const session = await peer.session(request);
  const server = `a server that sends ${JSON.stringify(request)}`;
  expectEqual(session.instanceName, name, nameOf(server));
  const what = `the isolation of ${server}`;
  expectEqual(session.isolation, isolation, { code: "isolation-wrong", what });
}

function nameOf(server: string) {
  return { code: "instance-wrong", what: `the instance_name of ${server}` };
}

function shown(text: string): string {
  return text.length <= 80 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 20))} of ${text.length} characters`;
}
