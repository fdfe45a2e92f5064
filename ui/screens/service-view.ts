// The pages of XML services as the facts hold them, by name.
import type { PhoneFacts } from "#firmware/call/facts.ts";

export type ServiceView = NonNullable<PhoneFacts["service"]>;
export type ServicePage = NonNullable<ServiceView["page"]>;
export type ServiceBody = ServicePage["body"];
export type ServiceKey = ServicePage["keys"][number];
export type ServiceTarget = ServiceKey["target"];
export type ServiceField = Extract<ServiceBody, { kind: "input" }>["fields"][number];
export type ServiceImage = Extract<ServiceBody, { kind: "image" }>["image"];
export type ServiceFailure = NonNullable<ServiceView["failure"]>;
/** What a field takes. */
export type ServiceTaking = ServiceField["takes"];
