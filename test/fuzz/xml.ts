// Pages of XML services: any bytes, of any media type, become a page or are refused.
import { Cookies } from "#firmware/xml/cookies.ts";
import { readPage } from "#firmware/xml/read-page.ts";
import { queryOf, resolveUrl, targetOf, withQuery } from "#firmware/xml/url.ts";
import { ConfigError } from "#hal/contract/errors.ts";
import { serviceUrl } from "#test/screens/services.ts";
import { fileVector } from "#test/vectors/load.ts";
import type { FuzzTarget } from "./target.ts";

const names = ["menu", "text", "input", "directory", "image", "keys"] as const;
const sample = (name: string): Uint8Array => fileVector(`xml/${name}.xml`);
const text = (line: string): Uint8Array => new TextEncoder().encode(line);

function read(bytes: Uint8Array, mediaType: string): void {
  try {
    const page = readPage(serviceUrl, bytes, mediaType);
    const size = JSON.stringify({ ...page, body: { ...page.body, image: undefined } }).length;
    if (size > 400_000) throw new Error(`a page of ${size} characters`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}

export const xmlTargets: readonly FuzzTarget[] = [
  {
    name: "xml-page",
    seeds: names.map(sample),
    alsoMutate: [sample("graphic-menu")],
    run(bytes) {
      read(bytes, "text/xml");
      read(bytes, "text/plain; charset=iso-8859-1");
    },
  },
  {
    name: "xml-address",
    seeds: [
      "http://10.77.0.5:8080/a/b?c=d",
      "../x/./y?z",
      "//other.example.com",
      "Dial:9,600",
      "QueryStringParam:a=b&c",
      "sid=31d4; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT, lang=en",
    ].map(text),
    run(bytes) {
      const line = new TextDecoder("latin1").decode(bytes);
      const target = targetOf(line, serviceUrl);
      const url = resolveUrl(line, serviceUrl);
      if (url !== undefined) {
        const request = withQuery(url, queryOf([[line, line]]));
        if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?\/[!-~]*$/.test(request))
          throw new Error(`a request for ${request}`);
        if (resolveUrl(url, undefined) !== url) throw new Error(`${url} is another one the second time`);
      }
      const cookies = new Cookies();
      cookies.take(serviceUrl, line);
      const field = cookies.field(serviceUrl);
      if (field !== undefined && !/^[!-~ ]*$/.test(field)) throw new Error(`a field of ${field}`);
      JSON.stringify(target);
    },
  },
];
