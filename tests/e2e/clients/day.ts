// A day at the desk in TypeScript, with nothing but the types that openapi-typescript made of the desk's description.
// `node day.js ADDRESS PASSWORD PHOTO PHOTO` prints what the day came to, as one line of JSON.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Shapes = components["schemas"];
type Answered<T> = { data?: T; error?: Shapes["Problem"] };

const [address = "", password = "", ...photos] = process.argv.slice(2);
const PHONE = "13800000006";

function connect(headers: Record<string, string>) {
  return createClient<paths, "application/json" | "application/problem+json">({ baseUrl: address, headers });
}
type Client = ReturnType<typeof connect>;

async function expect<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error } = await asked;
  if (data === undefined) {
    throw new Error(`${error?.title}: ${error?.blocked_by.map((reason) => reason.message)}`);
  }
  return data;
}

async function signIn(account: string): Promise<Client> {
  const body = { account, password, name: "generated client" };
  const issued = await expect(connect({}).POST("/api/tokens", { body }));
  return connect({ Authorization: `Bearer ${issued.token}` });
}

function open(client: Client, workflow: string, data: Record<string, unknown>): Promise<Shapes["Ticket"]> {
  return expect(client.POST("/api/tickets", { body: { workflow, data } }));
}

function fire(
  client: Client,
  ticket: Shapes["Ticket"],
  trigger: string,
  data: Record<string, unknown> = {},
): Promise<Shapes["Ticket"]> {
  const params = { path: { number: ticket.number }, header: { "If-Match": `"${ticket.seq}"` } };
  return expect(client.POST("/api/tickets/{number}/transitions", { params, body: { trigger, data } }));
}

const reception = await signIn("receptionist");
const officer = await signIn("cs-officer");
const worker = await signIn("repair-worker");
const place = { unit: "1-0202", place: "厨房", content: "水龙头滴水", urgency: "normal" };
let repair = await open(reception, "repair", { reporter: "何演示", contact: PHONE, ...place });
const appointment = new Date(Date.now() + 2 * 3_600_000).toISOString();
repair = await fire(officer, repair, "classify", { scope: "indoor", charge: "warranty", warranty_end: "2099-12-31" });
repair = await fire(officer, repair, "issue-slip");
repair = await fire(officer, repair, "assign", { worker: "repair-worker" });
repair = await fire(officer, repair, "schedule", { appointment, estimate: "半小时" });
const of = { params: { path: { number: repair.number } } };

// The caller's second call.
const caller = await expect(officer.GET("/api/callers", { params: { query: { phone: PHONE.slice(-5) } } }));
const found = [...caller.households.flatMap((each) => each.tickets), ...caller.tickets];
const query = { workflow: "repair", value: place.unit };
const alike = await expect(reception.GET("/api/duplicates", { params: { query } }));
const urged = await expect(reception.POST("/api/tickets/{number}/urge", { ...of, body: { note: "住户再次来电" } }));

// The worker's queue, his photos, the end of his work.
const counts = await expect(worker.GET("/api/queue/counts"));
const queue = await expect(worker.GET("/api/tickets", { params: { query: { view: "queue", limit: 100 } } }));
const mine = queue.items.find((line) => line.number === repair.number);
const steps = await expect(worker.GET("/api/tickets/{number}/transitions", of));
repair = await fire(worker, await expect(worker.GET("/api/tickets/{number}", of)), "start");
const uploaded = await expect(
  worker.POST("/api/tickets/{number}/attachments", {
    ...of,
    body: { file: photos.map((photo) => new Blob([readFileSync(photo)], { type: "image/jpeg" })) },
    bodySerializer: ({ file }) => {
      const form = new FormData();
      file.forEach((each, index) => form.append("file", each, `photo-${index}.jpg`));
      return form;
    },
  }),
);
const listed = await expect(worker.GET("/api/tickets/{number}/attachments", of));
const file = uploaded.items[0]?.id ?? "";
const { data: picture } = await worker.GET("/api/tickets/{number}/attachments/{file}", {
  params: { path: { number: repair.number, file } },
  parseAs: "arrayBuffer",
});
repair = await fire(worker, repair, "finish", { result: "已换阀芯", signed: true });

// The manager gives six complaints to somebody else; two were withdrawn meanwhile.
const complaint = { complainant: "Ann", contact: "13800000001", channel: "phone", content: "the lift" };
const tickets: Shapes["TicketReference"][] = [];
for (let index = 0; index < 6; index++) {
  const opened = await open(officer, "complaint", complaint);
  tickets.push({ ticket: opened.number, seq: opened.seq });
  if (index < 2) await fire(officer, opened, "withdraw", { reason: "settled" });
}
const supervisor = await signIn("cs-supervisor");
const answers = await expect(supervisor.POST("/api/bulk/assignments", { body: { assignee: "everyone", tickets } }));

const messages = await expect(officer.GET("/api/tickets/{number}/messages", of));
console.log(
  JSON.stringify({
    ticket: repair.number,
    found: found.some((line) => line.number === repair.number),
    alike: alike.items.some((line) => line.number === repair.number),
    urges: urged.urges,
    waiting: counts.total >= 1 && mine?.overdue === false,
    could: steps.available.map((step) => step.trigger).sort(),
    photos: listed.items.length,
    picture: Buffer.from(picture!).subarray(0, 2).toString("hex"),
    state: repair.state,
    moved: answers.done,
    refused: answers.items.flatMap((each) => each.blocked_by.map((reason) => reason.code)),
    told: [...new Set(messages.items.map((message) => message.role))].filter((role) => role !== null).sort(),
  }),
);
