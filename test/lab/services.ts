// The lab's XML services: pages by path on port 8080, and a forward proxy on port 3128 that knows the same pages by their
// whole address. What a test wants otherwise, it answers itself.

import { fileVector } from "#test/vectors/load.ts";
import { textFile } from "./files.ts";
import { type HttpAnswer, type HttpQuestion, startHttpServer } from "./http-server.ts";
import type { Lab } from "./lab.ts";
import { place } from "./settings.ts";

/** Where the services and the proxy listen, on the lab's first server. */
export const servicesPort = 8080;
export const proxyPort = 3128;

/** A page as a server sends it. */
export interface ServedPage {
  readonly body: Uint8Array | string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** `target` as asked: path and query, or the whole address at the proxy. Undefined: there is no such page; `silent`: no answer. */
export type Serve = (question: HttpQuestion) => ServedPage | "silent" | undefined;

export interface LabServices {
  /** Every question, in order. */
  readonly questions: readonly HttpQuestion[];
  /** Their targets. */
  targets(): readonly string[];
}

/** Serves until the lab ends. */
export async function startServices(lab: Lab, serve: Serve): Promise<LabServices> {
  const questions: HttpQuestion[] = [];
  const respond = (question: HttpQuestion): HttpAnswer | undefined => {
    questions.push(question);
    const page = serve(question);
    return page === undefined || page === "silent" ? undefined : answerOf(page);
  };
  const { host, sockets } = { host: lab.hosts.server, sockets: lab.hosts.server.stack.sockets };
  for (const [name, port] of [
    ["services", servicesPort],
    ["proxy", proxyPort],
  ] as const) {
    await startHttpServer({
      sockets,
      port,
      play: () =>
        serve(questions.at(-1) ?? noQuestion) === "silent" ? { kind: "silent" } : { kind: "not-found" },
      respond,
      tell: lab.log.teller(`${name} ${host.address}`),
      signal: lab.signal,
    });
  }
  return { questions, targets: () => questions.map(({ target }) => target) };
}

const noQuestion: HttpQuestion = { method: "GET", target: "", headers: {}, body: new Uint8Array(0) };

function answerOf({ body, type = "text/xml", headers = {}, status = 200 }: ServedPage): HttpAnswer {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return { status, headers: { "content-type": type, ...headers }, body: bytes };
}

/** The samples of test/vectors/xml by their names, `/phones/menu.xml`. */
export const samplePages: Serve = ({ target }) => {
  const path = target.replace(/\?.*$/, "");
  const [, name] = /\/phones\/(menu|text|input|directory|image|graphic-menu|keys)\.xml$/.exec(path) ?? [];
  return name === undefined ? undefined : { body: fileVector(`xml/${name}.xml`) };
};

/** Where the links of the samples lead in `npm start`. */
const linked: Readonly<Record<string, string>> = {
  "/phones/canteen.xml": "text",
  "/phones/find.xml": "input",
  "/phones/found.xml": "directory",
  "/phones/room.xml": "image",
  "/rooms": "graphic-menu",
};

/** Services and a directory for whoever tries the phone: the samples, and what their links lead to. */
export async function offerServices(lab: Lab): Promise<void> {
  await startServices(lab, (question) => {
    const name = linked[question.target.replace(/\?.*$/, "")];
    return samplePages(name === undefined ? question : { ...question, target: `/phones/${name}.xml` });
  });
  const [services, directory] = ["menu", "directory"].map(
    (name) => `http://${place.server}:${servicesPort}/phones/${name}.xml`,
  );
  for (const [name, bytes] of lab.files) {
    const text = new TextDecoder().decode(bytes);
    if (name === "SIPDefault.cnf")
      lab.files.set(name, textFile(`${text}services_url: "${services}"\ndirectory_url: "${directory}"\n`));
    if (name.endsWith(".cnf.xml")) {
      const urls = `<servicesURL>${services}</servicesURL>\n<directoryURL>${directory}</directoryURL>\n</device>`;
      lab.files.set(name, textFile(text.replace("</device>", urls)));
    }
  }
}
