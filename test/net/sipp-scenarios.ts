// What sipp plays to the phone: conversations that go wrong in ways a polite server never shows. Each is one call; sipp says
// whether it went as written. The phone's calls come to the `…Called` ones, the `…Calling` ones call it.

const document = (name: string, steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps.join("\n")}\n</scenario>\n`;

const message = (lines: readonly string[]): string => `<![CDATA[\n${lines.join("\n")}\n\n]]>`;
const withBody = (lines: readonly string[]): string => `<![CDATA[\n${lines.join("\n")}\n]]>`;

const sdp = [
  "Content-Type: application/sdp",
  "Content-Length: [len]",
  "",
  "v=0",
  "o=sipp 1 1 IN IP4 [local_ip]",
  "s=-",
  "c=IN IP4 [media_ip]",
  "t=0 0",
  "m=audio [media_port] RTP/AVP 0",
  "a=rtpmap:0 PCMU/8000",
];
const noBody = ["Content-Length: 0"];
const contact = "Contact: <sip:sipp@[local_ip]:[local_port]>";

const send = (lines: readonly string[], how = ""): string =>
  `<send${how}>${lines.includes("v=0") ? withBody(lines) : message(lines)}</send>`;
const recv = (what: string, action = ""): string => `<recv ${what}>${action}</recv>`;
const request = (method: string, more = ""): string => recv(`request="${method}"${more}`);
const response = (status: number, more = ""): string => recv(`response="${status}"${more}`);

/** Answers what came last. */
const answer = (status: number, more: readonly string[] = noBody, tag = "sipp", how = ""): string =>
  send(
    [
      `SIP/2.0 ${status} Whatever`,
      "[last_Via:]",
      "[last_From:]",
      status === 100 ? "[last_To:]" : `[last_To:];tag=${tag}[call_number]`,
      "[last_Call-ID:]",
      "[last_CSeq:]",
      ...(status === 100 ? [] : [contact]),
      ...more,
    ],
    how,
  );
/** Answers a request inside a dialog, which has its tags. */
const answerInside = (status: number, more: readonly string[] = noBody): string =>
  send([
    `SIP/2.0 ${status} Whatever`,
    "[last_Via:]",
    "[last_From:]",
    "[last_To:]",
    "[last_Call-ID:]",
    "[last_CSeq:]",
    contact,
    ...more,
  ]);

/** The phone hangs up. */
const goodbye = [request("BYE"), answerInside(200)];

/** A refusal with this status: the phone acknowledges it, once. */
export const refusing = (status: number): string =>
  document(`refusing ${status}`, [request("INVITE"), answer(100), answer(status), request("ACK")]);

/** 302 to another number here; the phone comes again with the same Call-ID. */
export const redirecting = document("redirecting", [
  request("INVITE"),
  send([
    "SIP/2.0 302 Moved",
    "[last_Via:]",
    "[last_From:]",
    "[last_To:];tag=moved[call_number]",
    "[last_Call-ID:]",
    "[last_CSeq:]",
    "Contact: <sip:7001@[local_ip]:[local_port]>",
    ...noBody,
  ]),
  request("ACK"),
  recv(
    'request="INVITE"',
    '<action><ereg regexp="INVITE sip:7001@" search_in="msg" check_it="true" assign_to="1"/><log message="[$1]"/></action>',
  ),
  answer(200, sdp),
  request("ACK"),
  ...goodbye,
]);

/** 183 with a session: sound before the answer. */
export const earlyMedia = document("early media", [
  request("INVITE"),
  answer(100),
  answer(183, sdp),
  '<pause milliseconds="3500"/>',
  answer(200, sdp),
  request("ACK"),
  ...goodbye,
]);

/** Via, From, To and CSeq of what just came, in four variables from `first` on. */
function remember(first: number): string {
  const headers = ["Via", "From", "To", "CSeq"].map(
    (name, i) =>
      `<ereg regexp=".*" search_in="hdr" header="${name}:" check_it="true" assign_to="${first + i}"/>`,
  );
  const uses = [0, 1, 2, 3].map((i) => `[$${first + i}]`).join(" ");
  return `<action>${headers.join("")}<log message="${uses}"/></action>`;
}

/** Answers what was remembered; `tag` where the request had none. */
const answerRemembered = (
  first: number,
  status: number,
  tag: string,
  more: readonly string[] = noBody,
): string =>
  send([
    `SIP/2.0 ${status} Whatever`,
    `Via:[$${first}]`,
    `From:[$${first + 1}]`,
    `To:[$${first + 2}]${tag === "" ? "" : `;tag=${tag}[call_number]`}`,
    "Call-ID: [call_id]",
    `CSeq:[$${first + 3}]`,
    contact,
    ...more,
  ]);

/** A request of ours in the dialog of the INVITE that was remembered at 1 and answered with this tag. */
const requestInside = (method: string, branch: string, more: readonly string[] = noBody): string =>
  send([
    `${method} [next_url] SIP/2.0`,
    `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK${branch}-[pid]-[call_number]`,
    "From:[$3];tag=b[call_number]",
    "To:[$2]",
    "Call-ID: [call_id]",
    `CSeq: 7 ${method}`,
    contact,
    "Max-Forwards: 70",
    ...more,
  ]);

/** A call of the phone's is up, its INVITE remembered at 1. */
const up = [
  recv('request="INVITE" rrs="true"', remember(1)),
  answer(100),
  answer(200, sdp, "b"),
  request("ACK"),
] as const;

/** Two phones ring behind the proxy, both answer: the second is acknowledged, and told at once that nobody wants it. */
export const forking = document("forking", [
  recv('request="INVITE" rrs="true"', remember(1)),
  answerRemembered(1, 180, "a"),
  answerRemembered(1, 180, "b"),
  answerRemembered(1, 200, "b", sdp),
  request("ACK"),
  answerRemembered(1, 200, "a", sdp),
  request("ACK"),
  ...goodbye,
  ...goodbye,
]);

/** Both ends change the session at once: each refuses the other with 491, the phone tries again a little later. */
export const glare = document("glare", [
  ...up,
  recv('request="INVITE"', remember(5)),
  requestInside("INVITE", "glare", sdp),
  response(491),
  requestInside("ACK", "glare"),
  answerRemembered(5, 491, ""),
  request("ACK"),
  request("INVITE"),
  answerInside(200, sdp),
  request("ACK"),
  ...goodbye,
]);

/** The ACK of our 200 did not arrive, so it comes again; the phone acknowledges each. */
export const ackLost = document("ACK lost", [
  ...up,
  answerRemembered(1, 200, "b", sdp),
  request("ACK"),
  answerRemembered(1, 200, "b", sdp),
  request("ACK"),
  ...goodbye,
]);

/** Both hang up at once: who has sent BYE has no dialog any more (RFC 3261 §15.1.1). */
export const byeCrossing = document("BYE crossing", [
  ...up,
  recv('request="BYE"', remember(5)),
  requestInside("BYE", "bye"),
  response(481),
  answerRemembered(5, 200, ""),
]);

/** Somebody who does not know REFER: the phone falls back to BYE with Also, which names this one. */
const byeWithAlso = (other: string): readonly string[] => [
  request("REFER"),
  answerInside(501),
  recv(
    'request="BYE"',
    `<action><ereg regexp="${other}" search_in="hdr" header="Also:" check_it="true" assign_to="5"/><log message="[$5]"/></action>`,
  ),
  answerInside(200),
];
const held = [request("INVITE"), answerInside(200, sdp), request("ACK")];

/** The phone called it, and transfers it to 7001 (ladder B-8). */
export const knowsNoRefer = document("knows no REFER", [...up, ...held, ...byeWithAlso("sip:7001@")]);

/** The phone asked it, sends somebody to it, and leaves. */
export const consulted = document("consulted", [...up, ...held, ...goodbye]);

/** A request outside of any dialog, or with the phone's To. */
const toPhone = (method: string, branch: string, to: string, cseq: number, more: readonly string[]): string =>
  send([
    `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0`,
    `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK${branch}-[pid]-[call_number]`,
    "From: <sip:sipp@[local_ip]>;tag=sipp[call_number]",
    to,
    "Call-ID: [call_id]",
    `CSeq: ${cseq} ${method}`,
    contact,
    "Max-Forwards: 70",
    ...more,
  ]);
const plainTo = "To: <sip:[service]@[remote_ip]>";
const invite = toPhone("INVITE", "invite", plainTo, 1, sdp);
const ringing = [response(100, ' optional="true"'), response(180)];
const hangUp = [toPhone("BYE", "bye", "[last_To:]", 2, noBody), response(200)];

/** It calls the phone, which transfers it to whom it asked, by that one's Contact (ladder B-10). */
export const callerKnowsNoRefer = document("caller knows no REFER", [
  invite,
  ...ringing,
  response(200),
  toPhone("ACK", "ack", "[last_To:]", 1, noBody),
  ...held,
  ...byeWithAlso("sip:sipp@"),
]);

/** CANCEL leaves when the phone has answered already: it is answered, and the call stands. */
export const lateCancel = document("late CANCEL", [
  invite,
  ...ringing,
  recv(
    'response="200"',
    '<action><ereg regexp=".*" search_in="hdr" header="To:" check_it="true" assign_to="1"/></action>',
  ),
  toPhone("CANCEL", "invite", plainTo, 1, noBody),
  response(200),
  toPhone("ACK", "ack", "To:[$1]", 1, noBody),
  '<pause milliseconds="1000"/>',
  toPhone("BYE", "bye", "To:[$1]", 2, noBody),
  response(200),
]);

/** The phone's 200 is acknowledged only after it came some times. */
export const lateAck = document("late ACK", [
  invite,
  ...ringing,
  response(200),
  '<pause milliseconds="2500"/>',
  toPhone("ACK", "ack", "[last_To:]", 1, noBody),
  '<pause milliseconds="500"/>',
  ...hangUp,
]);

const unknownFormat = sdp.flatMap((line) =>
  line.startsWith("a=rtpmap") ? [] : [line.startsWith("m=") ? "m=audio [media_port] RTP/AVP 4" : line],
);

/** Sound in a format that the phone does not know (ladder B-20). */
export const unknownCodec = document("unknown codec", [
  toPhone("INVITE", "invite", plainTo, 1, unknownFormat),
  response(100, ' optional="true"'),
  response(488),
  toPhone("ACK", "invite", "[last_To:]", 1, noBody),
]);
